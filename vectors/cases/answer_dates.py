"""Section 10: the dates of answers.json."""


def add_dates(normalise):
    """`normalise` adds a case to the file."""
    def date(flags, data, expected, comment=None, order="dmy", latest=2012):
        normalise(("date " + flags).strip(), {"kind": "date", "order": order, "latestYear": latest},
                  data, expected, comment)

    day = "1987-03-14"
    for data in ("14/03/1987", "14-03-1987", "14.03.1987", "14 03 1987", "14,03,1987", "14'03'1987",
                 "14:03:1987", "14+03+1987", "14\t03\r\n1987", "14/3/1987", " 14 / 03 / 1987 ",
                 "14//03--1987", "14. 3. 1987", "'14/03/1987'", "14/03/1987."):
        date("separator", data, day)
    for c in "\u00a0\u202f\u2010\u2011\u2012\u2013\u2014\u2015\u2212":
        date("separator", c.join(("14", "03", "1987")), day, f"U+{ord(c):04X} separates")
    for c in "!\"#$%&()*;<=>?@[\\]^_`{|}~\0\x0b\x7f":
        date("foreign", c.join(("14", "03", "1987")), None, f"U+{ord(c):04X} does not separate")
    for c in ["\u00ad", "\u00b4", "\u2009", "\u2016", "\u2019", "\u200b", "\u2060", "\u2215", "\u3000", "\ufeff"]:
        date("foreign", c.join(("14", "03", "1987")), None, f"U+{ord(c):04X} does not separate")
    date("foreign", "\ufeff14/03/1987", None, "a byte order mark in front")
    date("foreign", "\uff11\uff14/03/1987", None, "full-width digits")
    date("foreign", "\u0661\u0664/\u0660\u0663/\u0661\u0669\u0668\u0667", None, "Arabic-Indic digits")
    date("foreign", "14. M\u00e4rz 1987", None, "a letter beyond ASCII")
    date("foreign month-word", "14 \u017fept 1987", None, "a long s is no s here")
    date("not-utf8", b"14/03/1987\xff", None)
    date("not-utf8", b"14\xa003\xa01987", None, "no-break spaces of Latin-1")
    for data in ("", " ", "-", "\u00a0", "the", "Monday"):
        date("empty", data, None)
    date("size", "14/03/1987" + " " * 1014, day, "1,024 bytes")
    date("size dropped-word", "the " * 9 + "14/03/1987", day, "twelve tokens, dropped ones counted")
    date("size dropped-word", "the " * 10 + "14/03/1987", None, "thirteen tokens")
    date("size time", "14/03/1987" + " 0" * 9, day, "twelve tokens")
    date("size time", "14/03/1987" + " 0" * 10, None, "thirteen tokens")
    date("size", "0000000014/03/1987", None, "ten digits")
    date("size", "14/03/1987" + " " * 1015, None, "1,025 bytes")

    date("order", "03/04/1987", "1987-04-03", "day first")
    date("order", "03/04/1987", "1987-03-04", "month first", "mdy")
    date("order", "03/04/1987", None, "year first: a day of four digits", "ymd")
    date("order", "14/03/1987", None, "there is no month 14", "mdy")
    date("order", "03/14/1987", day, None, "mdy")
    date("order", "03/14/1987", None, "there is no month 14", "dmy")
    date("order", "87/03/14", day, None, "ymd")
    date("order", "87/03/14", None, "there is no day 87")
    date("order", "01/02/03", "2003-02-01", None, "dmy")
    date("order", "01/02/03", "2003-01-02", None, "mdy")
    date("order", "01/02/03", "2001-02-03", None, "ymd")
    for order in ("dmy", "mdy", "ymd"):
        date("iso order", "1987-03-14", day, f"in order {order}", order)
        date("iso order", "1987/3/4", "1987-03-04", f"in order {order}", order)
        date("iso order", "1987-14-03", None, f"never year, day, month: in order {order}", order)
        date("month-word order", "14 March 1987", day, f"in order {order}", order)
        date("month-word order", "March 4, 05", "2005-03-04", f"in order {order}", order)
    date("iso", "1987-03-1987", None)
    date("range", "014/03/1987", None, "a day of three digits")
    date("range", "14/003/1987", None, "a month of three digits")
    date("range", "14/03/987", None, "a year of three digits")
    date("range", "14/03/7", None, "a year of one digit")
    date("range", "14/03/01987", None, "a year of five digits")
    date("range", "4/3/1987", "1987-03-04", "day and month of one digit")
    date("", "03/1987", None, "two tokens")
    date("", "14 1987", None, "two tokens")
    date("", "1987", None, "one token")
    date("", "14/03/1987/5", None, "a fourth number")
    date("", "14/03/19 87", None, "a year in two pieces")

    date("compact", "14031987", day)
    date("compact", "03141987", day, None, "mdy")
    date("compact", "19870314", day, None, "ymd")
    date("compact", "19870314", None, "month 87", "dmy")
    date("compact", "14031987", None, "year 1403 is too early", "ymd")
    date("compact", "140387", day)
    date("compact", "031487", day, None, "mdy")
    date("compact", "870314", day, None, "ymd")
    date("compact", "000102", "2000-01-02", None, "ymd")
    date("compact", "20120229", "2012-02-29", None, "ymd")
    date("compact", "20130229", None, None, "ymd")
    date("compact", "1403987", None, "seven digits")
    date("compact", "14387", None, "five digits")
    date("compact", "140319870", None, "nine digits")
    date("compact", "1403 1987", None, "four and four")
    date("compact", "14 031987", None, "two and six")
    date("compact dropped-word", "Saturday, 14031987", day, "the first token, once the weekday is dropped")
    date("compact dropped-word", "14031987 Sat", day)
    date("compact month-word", "140387 March", None)
    date("compact month-word", "March 140387", None)
    date("compact", "14031987 140387", None)

    for i, name in enumerate(("January", "February", "March", "April", "May", "June", "July", "August",
                              "September", "October", "November", "December"), 1):
        date("month-word", f"9 {name} 1987", f"1987-{i:02}-09")
        date("month-word", f"9-{name[:3].upper()}-87", f"1987-{i:02}-09")
    for data in ("14march1987", "14mar87", "March 14, 1987", "MARCH 14 1987", "mArCh/14/1987", "14.Mar.1987",
                 "1987 March 14", "1987, 14 March", "14 1987 March", "March 1987 14", "87 March 14",
                 "March 87 14", "14 87 Mar", "14-Mar-87"):
        date("month-word", data, day)
    date("month-word", "9 Sept 1987", "1987-09-09")
    date("month-word", "Sept. 9, '87", "1987-09-09")
    for data in ("9 Septem 1987", "9 Ma 1987", "9 Marc 1987", "9 Marchs 1987", "9 M 1987", "9 mars 1987",
                 "9 March", "March 1987", "March March 1987", "9 March May", "March", "9 March April 1987",
                 "foo 14 03 1987", "14 foo 1987", "14 03 foo", "14 03 1987 March", "14 03 1987 foo"):
        date("month-word", data, None)
    date("month-word pivot", "12 March 13", "1913-03-12", "neither can only be the year: the second is")
    date("month-word pivot", "12 March 11", "2011-03-12")
    date("month-word pivot", "13 11 March", "2011-03-13")
    date("month-word pivot", "32 March 31", "1932-03-31", "32 can only be the year")
    date("month-word pivot", "31 March 32", "1932-03-31")
    date("month-word pivot", "31 March 31", "1931-03-31")
    date("month-word", "32 March 33", None, "both can only be the year")
    date("month-word", "1987 March 1988", None, "both can only be the year")
    date("month-word", "014 March 1987", None, "three digits make a year, so that both are")
    date("month-word", "14 March 087", None, "a year of three digits")
    date("month-word", "087 March 14", None, "a year of three digits")
    date("month-word", "14 March 7", None, "a year of one digit")
    date("month-word", "14 March 01987", None, "a year of five digits")
    date("month-word calendar", "0 March 1987", None)
    date("month-word calendar", "00 March 87", None)
    date("month-word calendar", "31 April 1987", None)
    date("month-word pivot", "30 Feb 29", None, "29 is the year, and February has no 30th")
    date("month-word calendar", "1987 Feb 29", None)
    date("month-word pivot", "1 Jan 00", "2000-01-01")
    date("month-word size", "14 March " + "0" * 900 + "1987", None, "a number of hundreds of digits")

    for data in ("14th March 1987", "14th of March 1987", "the 14th of March, 1987", "March the 14th, 1987",
                 "14 th March 1987", "14TH MARCH 1987", "14st March 1987", "14rd/03/1987", "14nd.03.1987",
                 "14/03rd/1987", "14/03/1987th", "14-th-03-1987", "the the 14 of of 03 of 1987 of",
                 "Saturday 14 March 1987", "Sat, 14 Mar 1987", "Sat 14Mar1987",
                 "14 March 1987, Saturday", "14 Sat March 1987",
                 "Monday 14 March 1987", "sun mon 14/03/1987"):
        date("dropped-word", data, day)
    for name in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "Mon", "Tue",
                 "Wed", "Thu", "Fri", "Sat", "Sun", "Tues", "Weds", "Thur", "Thurs"):
        date("dropped-word", f"{name}. 14/03/1987", day)
    for data in ("Tuesd 14/03/1987", "Thursd 14/03/1987", "Mo 14/03/1987", "Lundi 14/03/1987", "Wednes 14/03/1987",
                 "th 14 March 1987", "14 March th 1987", "14 ths March 1987", "14e March 1987", "and 14 March 1987"):
        date("dropped-word", data, None)
    date("dropped-word", "1st January 2001", "2001-01-01")
    date("dropped-word", "2nd January 2001", "2001-01-02")
    date("dropped-word", "3rd January 2001", "2001-01-03")
    date("dropped-word edge", "14 of th March 1987", None, "directly behind: what `of` leaves open does not close")
    date("dropped-word edge", "14 th th March 1987", None, "the second `th` is behind a word")
    date("dropped-word edge", "14th, March 1987", day, "separators may stand between: tokens count")

    for tail in ("T00:00:00Z", "T00:00:00", " 00:00:00", " 0:00", " 00:00:00.000", "T00:00:00.000000000Z",
                 "T00:00:00+00:00", "T00:00:00.000-00:00", " 0", " 000000000", " 00:00:00 Z", "T000000Z"):
        date("time iso", "1987-03-14" + tail, day)
    for data in ("14/03/1987 00:00", "14/03/1987 00:00:00", "14 March 1987 00:00", "Sat 14 Mar 1987 00:00:00",
                 "14/03/1987T00:00Z", "14/03/1987, 00.00", "14031987 0:00", "140387 000000"):
        date("time", data, day)
    for tail in ("T01:00:00Z", " 12:00:00 AM", " 00:01", "T00:00:00+01:00", "T00:00:00.001", " 0000000000",
                 " 00:00 GMT", " 00:00 UTC", " 00h00", " x", " 00:00 1987"):
        date("time iso", "1987-03-14" + tail, None)
    date("time", "00:00 14/03/1987", None, "a time in front")
    date("time", "14 t 03 1987", None)
    date("time", "t 14 03 1987", None)
    date("time compact edge", "19870314T000000Z", day, "the three pieces are the first three tokens, not T", "ymd")
    date("time compact edge", "14031987 T 00:00", day, "the same")
    date("time edge", "1987-03-14 00 t 00 z 00", day, "t and z between the number tokens")
    date("time edge", "1987-03-14T", day, "t alone")
    date("time edge", "1987-03-14Z", day, "z alone")
    date("time dropped-word edge", "14/03/1987 00:00:00 Saturday", day, "dropped words are dropped behind the time, too")

    for latest, yy, year in ((2012, "12", 2012), (2012, "13", 1913), (2012, "00", 2000), (2012, "99", 1999),
                             (1900, "00", 1900), (1900, "01", 1801), (1900, "99", 1899), (2199, "99", 2199),
                             (2199, "00", 2100), (1999, "99", 1999), (1999, "00", 1900), (2000, "00", 2000),
                             (2000, "01", 1901), (2000, "99", 1999), (1950, "50", 1950), (1950, "51", 1851),
                             (2099, "12", 2012), (2112, "12", 2112), (2112, "13", 2013)):
        date("pivot", f"01/02/{yy}", f"{year}-02-01", f"the hundred years that end with {latest}", "dmy", latest)
    date("pivot", "01/02/2013", "2013-02-01", "four digits may mean a later year", "dmy", 2012)

    for data, expected in (("29/02/2000", "2000-02-29"), ("29/02/2004", "2004-02-29"), ("29/02/1900", None),
                           ("29/02/2100", None), ("29/02/1987", None), ("29/02/1896", "1896-02-29"),
                           ("29/02/1800", None), ("30/02/2000", None), ("31/01/1987", "1987-01-31"),
                           ("32/01/1987", None), ("31/04/1987", None), ("30/04/1987", "1987-04-30"),
                           ("31/06/1987", None), ("31/09/1987", None), ("31/11/1987", None),
                           ("31/12/1987", "1987-12-31"), ("00/03/1987", None), ("14/00/1987", None),
                           ("14/13/1987", None), ("0/0/0000", None), ("29 Feb 04", "2004-02-29"),
                           ("29 Feb 05", None), ("29/02/00", "2000-02-29")):
        date("calendar", data, expected)
    date("calendar pivot", "29/02/00", None, "1900 was no leap year", "dmy", 1950)
    for data, expected in (("01/01/1800", "1800-01-01"), ("31/12/1799", None), ("31/12/2199", "2199-12-31"),
                           ("01/01/2200", None), ("01/01/0000", None), ("01/01/0087", None), ("01/01/9999", None)):
        date("range", data, expected)
