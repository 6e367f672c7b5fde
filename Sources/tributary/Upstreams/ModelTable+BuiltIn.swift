import ByteCoding
import Providers

extension ModelTable {
    /// The data file's, `Data/models.json`, which is part of the program: there is nothing to be found, or not found, beside it.
    static let builtIn: ModelTable = {
        let bytes = PackageResources.models_json
        do {
            return try ModelTable(json: bytes.span)
        } catch {
            preconditionFailure("Data/models.json: \(error)")
        }
    }()
}
