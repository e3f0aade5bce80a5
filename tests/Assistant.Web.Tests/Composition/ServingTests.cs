using Assistant.Infrastructure;
using Assistant.Web.Composition;
using Assistant.Web.Verbs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Assistant.Web.Tests.Composition;

/// <summary>Whatever ends the program, it says why, and its exit code tells a fault from an end somebody asked for.</summary>
public sealed class ServingTests
{
    private readonly StringWriter _error = new();
    private bool _hasStarted;

    [Fact]
    public async Task A_worker_that_fails_during_the_start_is_told_of()
    {
        var code = await RunAsync(services => services
            .AddHostedService(host => new Worker(host, afterStart: false, () => throw new InstallationException("The data of the worker is damaged: restore it.")))
            .AddHostedService<Binding>());

        Assert.Equal((VerbExit.CannotStart, false), (code, _hasStarted));
        Assert.Equal($"Cannot start: The data of the worker is damaged: restore it.{Environment.NewLine}", _error.ToString());
    }

    [Fact]
    public async Task What_nobody_foresaw_comes_with_its_trace()
    {
        var code = await RunAsync(services => services
            .AddHostedService(host => new Worker(host, afterStart: false, () => throw new TimeoutException("Too late.")))
            .AddHostedService<Binding>());

        Assert.Equal(VerbExit.CannotStart, code);
        Assert.StartsWith("Cannot start: Too late. This is a fault of the program", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains(nameof(ServingTests), _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_that_fails_later_does_not_end_as_if_somebody_had_asked_for_it()
    {
        var code = await RunAsync(services => services
            .AddHostedService(host => new Worker(host, afterStart: true, () => throw new InstallationException("The data folder is gone."))));

        Assert.Equal((VerbExit.CannotStart, true), (code, _hasStarted));
        Assert.Equal($"Cannot go on: The data folder is gone.{Environment.NewLine}", _error.ToString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_stops_it_is_told_of_no_fault(bool afterStart)
    {
        var code = await RunAsync(services =>
        {
            services.AddHostedService(host => new Worker(host, afterStart, host.GetRequiredService<IHostApplicationLifetime>().StopApplication));
            if (!afterStart)
            {
                services.AddHostedService<Binding>();
            }
        });

        Assert.Equal((VerbExit.Fine, afterStart), (code, _hasStarted));
        Assert.Empty(_error.ToString());
    }

    [Fact]
    public async Task A_cancellation_nobody_asked_for_is_a_fault()
    {
        var code = await RunAsync(_ => { }, _ => throw new TaskCanceledException("The server did not answer."));

        Assert.Equal(VerbExit.CannotStart, code);
        Assert.StartsWith("Cannot start: The server did not answer.", _error.ToString(), StringComparison.Ordinal);
    }

    private Task<int> RunAsync(Action<IServiceCollection> add, Func<WebApplication, Task>? prepare = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        add(builder.Services);
        return Serving.RunAsync(builder.Build, prepare ?? (_ => Task.CompletedTask), () => _hasStarted = true, _error);
    }

    /// <summary>Does its work as soon as it may.</summary>
    private sealed class Worker(IServiceProvider host, bool afterStart, Action work) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            if (afterStart)
            {
                var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await using var registered = host.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(started.SetResult);
                await started.Task.WaitAsync(stoppingToken);
            }

            work();
        }
    }

    /// <summary>Takes its time to start, as a server does that binds its addresses.</summary>
    private sealed class Binding : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
