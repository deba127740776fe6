internal import Counterfoil

extension JSONError: Explained {
    /// In the words in which a request that is no JSON is answered.
    var sentence: String { text }
}
