#if COUNTERFOIL_TAINT
internal import CCounterfoilSodium
internal import Counterfoil

/// Each of these is how one would write it without thinking. All are reported.
enum Planted {
    static func secret() -> [UInt8] {
        let bytes = Array("7K3M9QXP2F4THW8CNB6R".utf8)
        bytes.withBytes { taint($0) }
        return bytes
    }

    static func table() {
        var values = [UInt8](repeating: 0, count: 256)
        for (i, symbol) in "0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8.enumerated() {
            values[Int(symbol)] = UInt8(i)
        }
        var sum = 0
        for byte in secret() { sum &+= Int(values[Int(byte)]) }
        keep(sum)
    }

    static func earlyReturn() {
        let wanted = Array("7K3M9QXP2F4THW8CNB6S".utf8)
        func same(_ a: [UInt8], _ b: [UInt8]) -> Bool {
            for i in a.indices where a[i] != b[i] { return false }
            return true
        }
        keep(same(secret(), wanted) ? 1 : 0)
    }

    static func equal() { keep(secret() == Array("7K3M9QXP2F4THW8CNB6S".utf8) ? 1 : 0) }

    static func switching() {
        var sum = 0
        for byte in secret() {
            switch byte {
            case 0x30...0x39: sum &+= 3
            case 0x41...0x5A: sum &*= 5
            default: sum &-= 7
            }
        }
        keep(sum)
    }

    static func string() { keep(String(decoding: secret(), as: UTF8.self).uppercased().count) }

    @inline(never)
    static func keep(_ value: Int) {
        var value = value
        unsafe withUnsafeBytes(of: &value) { unsafe counterfoil_declassify($0.baseAddress, $0.count) }
        print("kept", value)
    }
}
#endif
