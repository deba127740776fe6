// libpq, and the names that Swift cannot see because they are macros.
#pragma once
#include <libpq-fe.h>

// A field of an error: its SQLSTATE, its text, its severity in English.
static const int counterfoil_pg_sqlstate = PG_DIAG_SQLSTATE;
static const int counterfoil_pg_message = PG_DIAG_MESSAGE_PRIMARY;
static const int counterfoil_pg_severity = PG_DIAG_SEVERITY_NONLOCALIZED;
