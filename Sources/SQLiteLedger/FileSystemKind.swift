internal import CCounterfoilSystem
internal import PollingDesk

/// On which file systems a ledger may lie.
///
/// Two programs on one ledger find each other by the locks on its files, and by
/// memory that they share (`-shm`). Both hold only within one kernel, and only if
/// that kernel knows that two paths lead to one file. A file system of another
/// machine or of a program gives no such promise: two mounts of one folder can be
/// two file systems to the kernel, with one ledger in both. So a code could be
/// spent once in each.
enum FileSystemKind {
    case local
    /// Of another machine, or of a program, by its name.
    case shared(String)
    case unknown(UInt32)

    /// Of the file system that holds this folder.
    init(of folder: String) throws(Failure) {
        var type: UInt32 = 0
        guard unsafe counterfoil_file_system(folder, &type) == 0 else {
            throw .system(.reachFolder, folder)
        }
        if Self.localTypes.contains(type) {
            self = .local
        } else if let name = Self.sharedTypes[type] {
            self = .shared(name)
        } else {
            self = .unknown(type)
        }
    }

    /// By the numbers of `statfs(2)`, and of Linux's `magic.h`.
    private static let localTypes: Set<UInt32> = [
        0xEF53,  // ext2, ext3, ext4
        0x5846_5342,  // XFS
        0x9123_683E,  // Btrfs
        0xF2F5_2010,  // F2FS
        0x2FC1_2FC1,  // ZFS
        0xCA45_1A4E,  // bcachefs
        0x3153_464A,  // JFS
        0x3434,  // NILFS
        0x2405_1905,  // UBIFS
        // A container's own layer. The layer below it must not be used beside it.
        0x794C_7630,
        // Memory: gone when the machine stops. For rehearsals and tests.
        0x0102_1994, 0x8584_58F6,
    ]

    private static let sharedTypes: [UInt32: String] = [
        0x6969: "NFS", 0x517B: "SMB", 0xFF53_4D42: "CIFS", 0xFE53_4D42: "SMB", 0x0102_1997: "9P",
        0x00C3_6400: "Ceph", 0x5346_414F: "AFS", 0x6B41_4653: "AFS", 0x7375_7245: "Coda", 0x564C: "NCP",
        0x0BD0_0BD0: "Lustre", 0x0116_1970: "GFS2", 0x7461_636F: "OCFS2", 0x786F_4256: "vboxsf",
        0x4750_4653: "GPFS", 0xBACB_ACBC: "VMware's shared folders", 0x6573_5546: "FUSE",
    ]
}
