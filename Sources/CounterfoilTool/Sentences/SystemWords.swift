internal import Glibc

/// The system's own words for an `errno`.
func systemWords(for number: Int32) -> String { unsafe String(cString: strerror(number)) }
