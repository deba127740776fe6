internal import Counterfoil

/// The files of a batch while its packs are made: the print file, `packs.csv`
/// and, until its order is known, the register in memory.
struct BatchFiles<Out: Folder>: ~Copyable {
    var printFiles: PrintFiles<Out>
    let packList: Out.File
    var register: RegisterBuilder

    init(
        _ order: PrintOrder, _ layout: RollLayout, total: Int, in folder: Out
    ) throws(StreamError) {
        let list = try folder.create(Self.packListName(order.batch))
        var sink = list
        try Array("voter,pack\r\n".utf8).withBytes { (bytes) throws(StreamError) in try sink.write(bytes) }
        packList = list
        printFiles = PrintFiles(order, columns: layout.printedNames, total: total, in: folder)
        register = RegisterBuilder(capacity: total)
    }

    /// By ordinal.
    var packs: [PackNumber] { register.packs }

    /// Takes the sheets in order.
    mutating func write(_ sheet: PrintSheet) throws(StreamError) {
        try printFiles.write(sheet)
        register.append(sheet.rows, sheet.packs)
        var sink = packList
        try sheet.packList.withBytes { (bytes) throws(StreamError) in try sink.write(bytes) }
    }

    /// What the files of a batch of so many packs are called, but for the
    /// manifest.
    static func names(_ order: PrintOrder, total: Int) -> [String] {
        PrintFiles<Out>.names(order, total: total) + [
            registerName(order.batch), packListName(order.batch), Minisign.fileName(for: order.batch),
        ]
    }

    static func registerName(_ batch: BatchName) -> String { "\(batch).register" }
    private static func packListName(_ batch: BatchName) -> String { "\(batch).packs.csv" }
}
