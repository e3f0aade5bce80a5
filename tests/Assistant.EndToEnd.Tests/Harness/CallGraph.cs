// What can be reached from a method, read from the compiled program. It errs on the side of more: a call through an interface may reach every
// class that implements it, overloads are not told apart, and a delegate counts as called where it is made.
using Mono.Cecil;
using Mono.Cecil.Cil;
using Xunit;

namespace Assistant.EndToEnd.Tests.Harness;

/// <summary>Which of a set of strings the code behind a type or a method can use.</summary>
internal sealed class CallGraph
{
    private const string StateMachine = "StateMachineAttribute";

    private readonly Dictionary<string, TypeDefinition> _types;
    private readonly ILookup<string, TypeDefinition> _heirs;
    private readonly Dictionary<string, Body> _bodies = new(StringComparer.Ordinal);
    private readonly HashSet<string> _wanted;
    private readonly HashSet<string> _leftOut;
    private readonly HashSet<string> _borders;

    /// <param name="folder">Where the program's assemblies lie.</param>
    /// <param name="wanted">The strings looked for.</param>
    /// <param name="leftOut">Methods (<c>Namespace.Type::Method</c>) and types in which they mean something else.</param>
    /// <param name="borders">Types that are not followed from outside: what they do, they answer for.</param>
    public CallGraph(string folder, IEnumerable<string> wanted, IEnumerable<string> leftOut, IEnumerable<string> borders)
    {
        _borders = [.. borders];
        _wanted = [.. wanted];
        _leftOut = [.. leftOut];
        _types = Directory.GetFiles(folder, "Assistant.*.dll")
            .SelectMany(path => AssemblyDefinition.ReadAssembly(path).MainModule.GetTypes())
            .DistinctBy(type => NameOf(type)).ToDictionary(NameOf, StringComparer.Ordinal);
        _heirs = _types.Values.SelectMany(type => Parents(type).Select(parent => (Parent: NameOf(parent), type))).ToLookup(pair => pair.Parent, pair => pair.type);
    }

    /// <summary>The strings that can be reached from everything a type does, or from one method of it.</summary>
    /// <param name="handler">
    /// <c>Namespace.Type</c>, <c>Namespace.Type::Method</c> or <c>Namespace.*</c>; nested types are joined with a plus sign.
    /// </param>
    public IReadOnlySet<string> From(string handler)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(Roots(handler));
        Assert.True(open.Count > 0, $"{handler} is not in the program.");
        while (open.TryPop(out var key))
        {
            if (seen.Add(key) && !IsBehindBorder(key, handler))
            {
                var body = Read(key);
                found.UnionWith(body.Strings);
                foreach (var next in body.Calls)
                {
                    open.Push(next);
                }
            }
        }

        return found;
    }

    // The name of a method that implements a contract openly may have the mark in it as well.
    private IEnumerable<string> Roots(string handler) => handler.Split("::", 2) switch
    {
        [var type, _] => _types.ContainsKey(type) ? [handler] : [],
        _ when handler.EndsWith(".*", StringComparison.Ordinal) => _types.Values.Where(type => type.Namespace == handler[..^2]).SelectMany(AllOf),
        _ => _types.TryGetValue(handler, out var type) ? AllOf(type) : [],
    };

    private static string Key(string type, string method) => $"{type}::{method}";

    private static string NameOf(TypeReference type) => type.GetElementType().FullName.Replace('/', '+');

    private bool IsBehindBorder(string key, string handler)
        => key.Split("::")[0].Split('+')[0] is var type && _borders.Contains(type) && type != handler;

    private static IEnumerable<TypeReference> Parents(TypeDefinition type)
    {
        if (type.BaseType is not null)
        {
            yield return type.BaseType;
        }

        foreach (var contract in type.Interfaces)
        {
            yield return contract.InterfaceType;
        }
    }

    private IEnumerable<string> AllOf(TypeDefinition type)
        => type.Methods.Select(method => Key(NameOf(type), method.Name))
            .Concat(type.BaseType is { } parent && _types.TryGetValue(NameOf(parent), out var own) ? AllOf(own) : []);

    private IEnumerable<TypeDefinition> HeirsOf(string type) => _heirs[type].SelectMany(heir => HeirsOf(NameOf(heir)).Prepend(heir));

    private Body Read(string key)
    {
        if (_bodies.TryGetValue(key, out var known))
        {
            return known;
        }

        var body = new Body([], []);
        _bodies[key] = body;
        var (name, method) = key.Split("::", 2) is [var owner, var one] ? (owner, one) : throw new ArgumentException(key);
        if (_leftOut.Contains(name) || _leftOut.Contains(key) || !_types.TryGetValue(name, out var type))
        {
            return body;
        }

        foreach (var definition in type.Methods.Where(candidate => candidate.Name == method))
        {
            Read(definition, body);
        }

        // What is called on a base or a contract is done by whoever overrides or implements it.
        foreach (var heir in HeirsOf(name))
        {
            body.Calls.AddRange(heir.Methods.Where(m => m.Name == method || m.Name.EndsWith('.' + method, StringComparison.Ordinal)).Select(m => Key(NameOf(heir), m.Name)));
        }

        return body;
    }

    private void Read(MethodDefinition method, Body body)
    {
        foreach (var machine in method.CustomAttributes.Where(a => a.AttributeType.Name.EndsWith(StateMachine, StringComparison.Ordinal)))
        {
            body.Calls.Add(Key(NameOf((TypeReference)machine.ConstructorArguments[0].Value), "MoveNext"));
        }

        foreach (var instruction in method.HasBody ? method.Body.Instructions : [])
        {
            if (instruction.OpCode.Code == Code.Ldstr && instruction.Operand is string text && _wanted.Contains(text))
            {
                body.Strings.Add(text);
            }
            else if (instruction.Operand is MethodReference called)
            {
                body.Calls.Add(Key(NameOf(called.DeclaringType), called.Name));
                // A component that is drawn does whatever it can do.
                body.Calls.AddRange(called is GenericInstanceMethod { Name: "OpenComponent" } drawn && _types.TryGetValue(NameOf(drawn.GenericArguments[0]), out var component)
                    ? AllOf(component) : []);
            }
        }
    }

    private sealed record Body(List<string> Calls, HashSet<string> Strings);
}
