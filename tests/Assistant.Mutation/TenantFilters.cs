// Finds what keeps tenants apart in the compiled stores, and puts a switch at each place that takes just this one out:
//   conditions on tenant_id in the text of statements, also in pieces that are joined later;
//   comparisons of TenantId, in code and in the expressions of queries;
//   the query filter, once for each type of row;
//   contexts opened for one tenant, which their switch opens for all.
// A filter is named by the member it stands in and by its whole statement, not by a number: whoever changes a statement proves it again.
using System.Text.RegularExpressions;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace Assistant.Mutation;

/// <summary>The tenant filters of one assembly.</summary>
public sealed partial class TenantFilters
{
    private const string Prefix = "Assistant.Infrastructure.";
    private const string Context = Prefix + "Persistence.AssistantDbContext";
    private const string Scope = Prefix + "Persistence.TenantScope";
    private const string TenantId = "Assistant.Domain.Tenancy.TenantId";

    // A comparison's operands lie close before it; further away they belong to something else.
    private const int Near = 12;

    private readonly ModuleDefinition _module;
    private readonly bool _switches;
    private readonly MethodReference _isOut;
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);

    private TenantFilters(ModuleDefinition module, bool switches)
    {
        _module = module;
        _switches = switches;
        _isOut = module.ImportReference(typeof(Mutants).GetMethod(nameof(Mutants.IsOut)));
    }

    /// <summary>The names of all filters, in the order of the assembly.</summary>
    public static IReadOnlyList<string> In(string assembly)
    {
        using var resolver = BesideOf(assembly);
        using var module = ModuleDefinition.ReadModule(assembly, new ReaderParameters { AssemblyResolver = resolver });
        return [.. new TenantFilters(module, switches: false).Walk().Distinct()];
    }

    /// <summary>Writes the assembly with a switch at each filter; returns their names.</summary>
    public static IReadOnlyList<string> Switch(string assembly, string into)
    {
        using var resolver = BesideOf(assembly);
        using var module = ModuleDefinition.ReadModule(assembly, new ReaderParameters { AssemblyResolver = resolver });
        IReadOnlyList<string> names = [.. new TenantFilters(module, switches: true).Walk().Distinct()];
        module.Write(into);
        return names;
    }

    // Whoever writes a module looks up the types of its constants, which may be another assembly's.
    private static DefaultAssemblyResolver BesideOf(string assembly)
    {
        var resolver = new DefaultAssemblyResolver();
        resolver.AddSearchDirectory(Path.GetDirectoryName(assembly));
        return resolver;
    }

    internal static string OfRows(string type) => $"Persistence.AssistantDbContext: rows of {Short(type)}";

    private List<string> Walk()
    {
        var names = new List<string>();
        // Migrations ask for nothing, and their columns are members of types in no namespace.
        foreach (var type in _module.GetTypes().Where(type => type.FullName.StartsWith("Assistant.", StringComparison.Ordinal) && !type.FullName.Contains(".Migrations.", StringComparison.Ordinal)))
        {
            if (type.IsClass && !type.IsAbstract && type.Interfaces.Any(i => i.InterfaceType.Name == "ITenantRow"))
            {
                names.Add(OfRows(type.FullName));
            }

            foreach (var method in type.Methods.Where(method => method.HasBody))
            {
                names.AddRange(Walk(method));
            }
        }

        return names;
    }

    private List<string> Walk(MethodDefinition method)
    {
        if (method.DeclaringType.FullName == Context && method.Name == "FilterByTenant")
        {
            SwitchRows(method);
            return [];
        }

        var names = new List<string>();
        var body = method.Body;
        // Short branches may become too short for what is put between.
        body.SimplifyMacros();
        foreach (var instruction in body.Instructions.ToArray())
        {
            names.AddRange(instruction switch
            {
                { Operand: string text } => Conditions(method, instruction, text),
                { Operand: MethodReference call } when IsContextOfOne(instruction, call) => [Contexts(method, instruction)],
                { Operand: MethodReference call } when Compares(instruction, call) is { } equal => [Comparison(method, instruction, equal)],
                { Operand: MethodReference call } when IsQueryComparison(instruction, call) => [QueryComparison(method, instruction)],
                _ => [],
            });
        }

        body.OptimizeMacros();
        return names;
    }

    private List<string> Conditions(MethodDefinition method, Instruction instruction, string text)
    {
        var conditions = new List<(string Name, string Without)>();
        foreach (Match condition in Condition().Matches(text))
        {
            var (before, after) = (text[..condition.Index], text[(condition.Index + condition.Length)..]);
            // The parameter stays, so that binding it is no error that a test would see instead.
            var parameter = condition.Groups["parameter"].Value;
            conditions.Add((
                Name(method, $"{before}«{condition.Value}»{after}"),
                before + (parameter.Length > 0 ? $"({parameter} = {parameter})" : "(1 = 1)") + after));
        }

        if (_switches && conditions.Count > 0)
        {
            SwitchText(method, instruction, conditions);
        }

        var names = conditions.ConvertAll(condition => condition.Name);
        if (Comparing().Count(text) > conditions.Count)
        {
            // It has no switch, so no test can be seen to find its loss.
            names.Add(Name(method, $"a condition this program cannot take out: {text}"));
        }

        return names;
    }

    // One question after the other, and the text itself at the end.
    private void SwitchText(MethodDefinition method, Instruction instruction, List<(string Name, string Without)> conditions)
    {
        var il = method.Body.GetILProcessor();
        var end = instruction.Next;
        var next = il.Create(OpCodes.Ldstr, (string)instruction.Operand);
        List<Instruction> added = [next];
        foreach (var (name, without) in Enumerable.Reverse(conditions))
        {
            var ask = il.Create(OpCodes.Ldstr, name);
            added.InsertRange(
                0, [ask, il.Create(OpCodes.Call, _isOut), il.Create(OpCodes.Brfalse, next), il.Create(OpCodes.Ldstr, without), il.Create(OpCodes.Br, end)]);
            next = ask;
        }

        // Jumps lead to the instruction that was there: it becomes the first question.
        instruction.Operand = conditions[0].Name;
        InsertAfter(il, instruction, added[1..]);
    }

    private string Comparison(MethodDefinition method, Instruction instruction, bool equal)
    {
        var name = Name(method, "compares tenants");
        var il = method.Body.GetILProcessor();
        Append(method, instruction, name, [il.Create(OpCodes.Pop), il.Create(equal ? OpCodes.Ldc_I4_1 : OpCodes.Ldc_I4_0)]);
        return name;
    }

    private string QueryComparison(MethodDefinition method, Instruction instruction)
    {
        var name = Name(method, "a query compares tenants");
        var il = method.Body.GetILProcessor();
        var constant = typeof(System.Linq.Expressions.Expression).GetMethod("Constant", [typeof(object)]);
        Append(
            method, instruction, name,
            [il.Create(OpCodes.Pop), il.Create(OpCodes.Ldc_I4_1), il.Create(OpCodes.Box, _module.TypeSystem.Boolean), il.Create(OpCodes.Call, _module.ImportReference(constant))]);
        return name;
    }

    private string Contexts(MethodDefinition method, Instruction instruction)
    {
        var name = Name(method, "a context of one tenant");
        var il = method.Body.GetILProcessor();
        var system = _module.GetType(Scope).Methods.Single(m => m.Name == "get_System");
        Append(method, instruction, name, [il.Create(OpCodes.Pop), il.Create(OpCodes.Call, system)]);
        return name;
    }

    private void Append(MethodDefinition method, Instruction instruction, string name, Instruction[] whenOut)
    {
        if (_switches)
        {
            var il = method.Body.GetILProcessor();
            InsertAfter(il, instruction, [il.Create(OpCodes.Ldstr, name), il.Create(OpCodes.Call, _isOut), il.Create(OpCodes.Brfalse, instruction.Next), .. whenOut]);
        }
    }

    private void SwitchRows(MethodDefinition method)
    {
        if (_switches)
        {
            var il = method.Body.GetILProcessor();
            var first = method.Body.Instructions[0];
            Instruction[] added =
            [
                il.Create(OpCodes.Ldtoken, method.GenericParameters[0]),
                il.Create(OpCodes.Call, _module.ImportReference(typeof(Type).GetMethod(nameof(Type.GetTypeFromHandle)))),
                il.Create(OpCodes.Call, _module.ImportReference(typeof(Mutants).GetMethod(nameof(Mutants.IsRowOut)))),
                il.Create(OpCodes.Brfalse, first),
                il.Create(OpCodes.Ret),
            ];
            foreach (var instruction in added)
            {
                il.InsertBefore(first, instruction);
            }
        }
    }

    private static void InsertAfter(ILProcessor il, Instruction place, IEnumerable<Instruction> added)
    {
        foreach (var instruction in added)
        {
            il.InsertAfter(place, instruction);
            place = instruction;
        }
    }

    // TenantScope.Of(…) whose next use is a context: sessions ignore the scope where the database keeps nobody apart.
    private static bool IsContextOfOne(Instruction instruction, MethodReference call)
        => call.Name == "Of" && call.DeclaringType.FullName == Scope
            && After(instruction).Where(next => next.OpCode != OpCodes.Ldftn).Select(next => (next.Operand as MethodReference)?.Name)
                .FirstOrDefault(name => name is not (null or "get_System" or ".ctor")) is "OpenContext" or "WithContext";

    private static bool? Compares(Instruction instruction, MethodReference call)
        => (call.Name, call.DeclaringType.FullName) switch
        {
            ("op_Equality", TenantId) => true,
            ("op_Inequality", TenantId) => false,
            ("op_Equality", "System.String") when IsTenantNear(instruction, OpCodes.Call, OpCodes.Callvirt) => true,
            ("op_Inequality", "System.String") when IsTenantNear(instruction, OpCodes.Call, OpCodes.Callvirt) => false,
            _ => null,
        };

    private static bool IsQueryComparison(Instruction instruction, MethodReference call)
        => call.Name == "Equal" && call.DeclaringType.FullName == "System.Linq.Expressions.Expression" && IsTenantNear(instruction, OpCodes.Ldtoken);

    // Back to the comparison or the branch before this one, or to the first operand.
    private static bool IsTenantNear(Instruction instruction, params OpCode[] codes)
    {
        var before = instruction.Previous;
        for (var i = 0; i < Near * (codes[0] == OpCodes.Ldtoken ? 3 : 1) && before is not null; i++, before = before.Previous)
        {
            if (before.Operand is MethodReference { Name: "Equal" or "op_Equality" or "op_Inequality" } && before.OpCode != OpCodes.Ldtoken)
            {
                return false;
            }

            if (before.Operand is MethodReference { Name: "get_TenantId" } && codes.Contains(before.OpCode))
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<Instruction> After(Instruction instruction)
    {
        for (var next = instruction.Next; next is not null; next = next.Next)
        {
            yield return next;
        }
    }

    private string Name(MethodDefinition method, string what)
    {
        var text = Spaces().Replace(what, " ").Trim();
        // The same statement with PostgreSQL's lock behind it comes from the same words: both lose their filter together.
        var name = $"{Member(method)}: {Lock().Replace(text, "")}";
        var counted = name + Lock().Match(text).Value;
        return (_names[counted] = _names.GetValueOrDefault(counted) + 1) is > 1 and var count ? $"{name} ({count})" : name;
    }

    // What the compiler makes of a lambda or an async method is named after the method it was written in.
    private static string Member(MethodDefinition method)
    {
        var type = method.DeclaringType;
        var name = Written(method.Name);
        while (type.IsNested && type.Name.StartsWith('<'))
        {
            if (name.StartsWith('<') || name == "MoveNext")
            {
                name = Written(type.Name);
            }

            type = type.DeclaringType;
        }

        return $"{Short(type.FullName)}.{name}";
    }

    private static string Written(string name) => Generated().Match(name) is { Success: true } match ? match.Groups[1].Value : name;

    private static string Short(string type) => (type.StartsWith(Prefix, StringComparison.Ordinal) ? type[Prefix.Length..] : type).Replace('/', '+');

    [GeneratedRegex(@"(?<=\b(WHERE|AND|OR|ON|NOT)\s+\(?|\()(\w+\.)?tenant_id\s*=\s*((?<parameter>@p\d+)|\w+\.tenant_id)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Condition();

    [GeneratedRegex(@"tenant_id\s*(=|<>|!=|IN\b|IS\b|LIKE\b)", RegexOptions.IgnoreCase)]
    private static partial Regex Comparing();

    [GeneratedRegex(@" FOR (UPDATE|SHARE)$")]
    private static partial Regex Lock();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"^<([\w.]+)>")]
    private static partial Regex Generated();
}
