internal import Counterfoil

extension JSONError: Explained {
    /// The library has the words, since the desk's answers have them too.
    var sentence: String { words }
}
