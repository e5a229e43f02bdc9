// What a helper of a test throws that cannot go on, in words for whoever reads the failure.

package struct TestProblem: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
