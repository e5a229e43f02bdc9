// The owner's own reason to end a connection: frames that are whole, and wrong.

internal import ReplicationCore

extension Link {
    /// Gives the connection up because what arrived was well-formed but against the rules of the stream; a new
    /// connection begins with both sides saying what they believe. Any thread, also from within the receiver's calls;
    /// `linkIsDown` follows on the receive thread.
    package func drop() { fail(.damaged(.unknownValue(field: "order of frames"))) }
}
