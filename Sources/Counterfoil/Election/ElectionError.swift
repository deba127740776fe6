/// Why something is no election.
public enum ElectionError: Error, Equatable, Sendable {
    /// It is not JSON as election.json is.
    case notJSON(JSONError)
    /// There is some other JSON value where an object must be.
    case notAnObject
    /// A member of this name is missing, or not what it should be.
    case missing(String)
    /// A member of this name, which this version does not know.
    case unknown(String)
    /// It is not an election.json of version 1.
    case otherVersion
    /// Its digest does not fit: it was altered.
    case digestDiffers
    /// It uses another list of refused words than this version does.
    case otherRefusedWords
    /// It compares letters by another table than this version does.
    case otherTextFold
    /// A field is out of its range.
    case field(Field)

    /// A field that is out of its range.
    public enum Field: Equatable, Sendable {
        /// The name has not 1 to 200 bytes, or has control characters.
        case name
        /// There are so many questions, and more than eight.
        case questions(Int)
        /// A question's name has not 1 to 64 bytes, or has control characters.
        case question
        /// Two questions have this name.
        case repeatedQuestion(String)
        /// The latest year that two digits can mean is not 1900 to 2199.
        case latestYear(Int)
        /// A number can have so many digits, and that is not 0 to 32.
        case digits(Int)
        /// The limits of wrong answers are not 1 to 100, and from there to 200.
        case limits
    }
}
