using Assistant.Domain.Idempotency;
using Microsoft.Extensions.DependencyInjection;

namespace Assistant.Infrastructure.Idempotency;

public static class IdempotencyServices
{
    /// <summary>Keeps the answers of writes that carry an <c>Idempotency-Key</c>.</summary>
    public static IServiceCollection AddIdempotency(this IServiceCollection services)
        => services.AddSingleton<IIdempotencyStore, SqlIdempotencyStore>();
}
