/// An error of the libraries, in words for the person who runs the command.
protocol Explained: Error { var sentence: String { get } }
