// Names of groups and of the volumes in them, as options take them. They become dev_group and dev_name of an instance.

internal import CommandDevice

enum GroupNames {
    /// - Throws: EX_REQARG, EX_INVARG for one that is too long.
    static func name(of option: String, _ arguments: inout ArgumentReader) throws(HorcmFailure) -> String {
        let name = try arguments.value(of: option)
        guard name.utf8.count <= GroupBook.longestName else { throw HorcmFailure(.invalidArgument) }
        return name
    }
}
