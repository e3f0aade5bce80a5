namespace Assistant.Domain.Security;

/// <summary>States for whom something acts that no caller comes through: a verb of the command line, a worker, a job.</summary>
/// <remarks>The other doors (pages, endpoints, hub methods) state a permission; the inventory in <c>docs/permissions.md</c> lists them all.</remarks>
/// <param name="whom">In words, and why no permission is asked.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ActsForAttribute(string whom) : Attribute
{
    /// <summary>Whoever can start the program in its folder could read the master key and write the database.</summary>
    public const string Machine = "whoever commands the machine, with every permission in the tenant named";

    public string Whom => whom;
}
