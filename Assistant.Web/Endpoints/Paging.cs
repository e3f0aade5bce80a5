using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Assistant.Domain.Conversations;
using Microsoft.AspNetCore.Mvc;

namespace Assistant.Web.Endpoints;

/// <summary>A page of a list resource.</summary>
/// <param name="Next">Give it as <c>after</c> to get the next page; <see langword="null"/> at the end.</param>
internal sealed record PageResource<T>(IReadOnlyList<T> Items, string? Next)
{
    public static PageResource<T> Whole(IEnumerable<T> items) => new([.. items], null);
}

/// <summary>The cursor and size a caller asks for.</summary>
internal sealed class Paging
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    [FromQuery(Name = "after")]
    [Description("The 'next' of the page before. Leave it out for the first page.")]
    public string? After { get; init; }

    [FromQuery(Name = "limit")]
    [Description("Items per page, 1 to 200; 50 when left out.")]
    [Range(1, MaxLimit)]
    public int? Limit { get; init; }

    /// <summary>Items to return at most.</summary>
    public int Size => Limit ?? DefaultLimit;

    /// <summary>What is wrong with it, or <see langword="null"/>.</summary>
    public IResult? Problem => Size is < 1 or > MaxLimit
        ? Problems.Invalid("limit", string.Create(CultureInfo.InvariantCulture, $"Ask for 1 to {MaxLimit} items."))
        : null;
}

internal static class PagingExtensions
{
    public static PageResource<TResource> Map<T, TResource>(this Page<T> page, Func<T, TResource> map)
        => new([.. page.Items.Select(map)], page.Next);
}
