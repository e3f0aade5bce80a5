using Assistant.Verifier;

return VerifierProgram.Run(args, Console.Out, Console.Error);

namespace Assistant.Verifier
{
    /// <summary>The command line: files in, a verdict and an exit code out.</summary>
    public static class VerifierProgram
    {
        private const string Usage = """
            Verifies an export of an assistant's audit log against checkpoints kept by witnesses.

              assistant-verifier --export FILE --key KEY --checkpoints FILE [--checkpoints FILE ...]

              --export       what `assistant audit export` wrote
              --key          what `assistant audit key` printed, or a file that holds it; obtained once, on a way you trust
              --checkpoints  what a witness kept: signed notes, one after another

              assistant-verifier certificate FILE --key KEY [--export FILE]

            Verifies a certificate of forgetting; with an export, also that the log holds its events and counts the same.

              assistant-verifier proof FILE --key KEY

            Verifies the proof of one event, as `assistant audit proof` and the button in the audit room give it.

            0: everything is as the log signed it. 1: it is not; where is said. 2: something could not be read.
            """;

        /// <returns>The exit code.</returns>
        public static int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
        {
            try
            {
                if (arguments is ["certificate", ..])
                {
                    return RunCertificate(arguments, output);
                }

                if (arguments is ["proof", ..])
                {
                    return RunProof(arguments, output);
                }

                var (export, key, files) = Read(arguments);
                var checkpoints = files.SelectMany(file => CheckpointFile.Read(file, Text(file), key)).ToList();
                if (checkpoints.Count == 0)
                {
                    throw new InputException($"No checkpoint of '{key.Name}' is in these files: without one, a history written anew cannot be told.");
                }

                var (problem, events, covered) = Verification.Run(Entries(export), checkpoints);
                output.WriteLine(problem is null
                    ? $"INTACT: {events} events of {key.Name}; {covered} are covered by {checkpoints.Count} signed checkpoints, {events - covered} only by the chain."
                    : $"TAMPERED: {problem.Text}");
                return problem is null ? 0 : 1;
            }
            catch (TamperException found)
            {
                output.WriteLine($"TAMPERED: {found.Message}");
                return 1;
            }
            catch (Exception unreadable) when (unreadable is InputException or IOException or UnauthorizedAccessException)
            {
                errors.WriteLine(unreadable.Message);
                return 2;
            }
        }

        private static int RunCertificate(IReadOnlyList<string> arguments, TextWriter output)
        {
            string? key = null, export = null;
            for (var i = 2; i + 1 < arguments.Count; i += 2)
            {
                switch (arguments[i])
                {
                    case "--key": key = arguments[i + 1]; break;
                    case "--export": export = arguments[i + 1]; break;
                    default: throw new InputException($"'{arguments[i]}' is not known.\n\n{Usage}");
                }
            }

            if (arguments.Count < 2 || arguments.Count % 2 != 0 || key is null)
            {
                throw new InputException(Usage);
            }

            var certificate = Certificate.Read(arguments[1], Text(arguments[1]), Key(key));
            if (export is not null)
            {
                certificate.Compare(File.ReadLines(export).Select((line, at) => (Entry.Parse(at + 1, line)!, line)).Where(pair => pair.Item1 is not null));
            }

            output.WriteLine(
                $"GENUINE: {certificate.Subject} was forgotten; {string.Join(", ", certificate.Counts.Select(count => $"{count.Value} {count.Key}"))}. "
                + (export is null ? "The log was not looked at." : "The log says the same."));
            return 0;
        }

        private static int RunProof(IReadOnlyList<string> arguments, TextWriter output)
        {
            if (arguments is not [_, var file, "--key", var key])
            {
                throw new InputException(Usage);
            }

            var log = Key(key);
            var proof = Proof.Read(file, Text(file), log);
            output.WriteLine($"GENUINE: event {proof.Seq}, {proof.Action}, is in the log {log.Name} as it was signed at {proof.Size} events.");
            return 0;
        }

        private static LogKey Key(string key) => LogKey.Parse(File.Exists(key) ? Text(key) : key);

        private static (string Export, LogKey Key, List<string> Checkpoints) Read(IReadOnlyList<string> arguments)
        {
            string? export = null, key = null;
            var checkpoints = new List<string>();
            for (var i = 0; i + 1 < arguments.Count; i += 2)
            {
                switch (arguments[i])
                {
                    case "--export": export = arguments[i + 1]; break;
                    case "--key": key = arguments[i + 1]; break;
                    case "--checkpoints": checkpoints.Add(arguments[i + 1]); break;
                    default: throw new InputException($"'{arguments[i]}' is not known.\n\n{Usage}");
                }
            }

            return arguments.Count % 2 == 0 && export is not null && key is not null && checkpoints.Count > 0
                ? (export, Key(key), checkpoints)
                : throw new InputException(Usage);
        }

        private static string Text(string file) => File.ReadAllText(file);

        private static IEnumerable<Entry> Entries(string file)
        {
            var number = 0;
            foreach (var line in File.ReadLines(file))
            {
                number++;
                if (line.Length > 0 && Entry.Parse(number, line) is { } entry)
                {
                    yield return entry;
                }
            }
        }
    }
}
