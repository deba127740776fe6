-- A moment of the server's own clock, in milliseconds.
CREATE FUNCTION server_clock(_moment timestamptz) RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT (extract(epoch FROM _moment) * 1000)::bigint $$;
