using System.Globalization;
using System.Net;
using System.Text;
using Assistant.Domain.Wording;
using Assistant.Infrastructure.Ai.Pipeline;
using Xunit;

namespace Assistant.Infrastructure.Tests.Ai.Pipeline;

/// <summary>What servers answer when they refuse, in their own forms and words, and what is made of it.</summary>
public sealed class FaultHandlerTests
{
    [Theory]
    [InlineData("""{"error":{"code":"429","message":"Requests have exceeded token rate limit. Please go here: https://aka.ms/oai/quotaincrease to increase it."}}""")]
    [InlineData("""{"error":{"message":"Allocated quota exceeded, please increase your quota limit.","type":"Throttling.AllocationQuota","code":"Throttling.AllocationQuota"}}""")]
    [InlineData("""[{"error":{"code":429,"message":"You exceeded your current quota, please check your plan.","status":"RESOURCE_EXHAUSTED"}}]""")]
    public async Task A_rate_limit_that_speaks_of_a_quota_is_waited_for(string body)
    {
        var fault = await FaultAsync(429, body, retryAfter: 2);

        Assert.Equal((EngineFaultKind.RateLimited, "engine.too-many-requests", TimeSpan.FromSeconds(2)), (fault.Kind, fault.Reason.FirstCode, fault.RetryAfter));
    }

    [Theory]
    [InlineData(429, """{"error":{"message":"You exceeded your current quota.","type":"insufficient_quota","code":"insufficient_quota"}}""")]
    [InlineData(429, """{"error":{"message":"Your account is suspended.","type":"exceeded_current_quota_error"}}""")]
    [InlineData(400, """{"error":{"message":"Billing hard limit has been reached","type":"invalid_request_error","code":"billing_hard_limit_reached"}}""")]
    [InlineData(400, """{"error":{"message":"Access denied, make sure your account is in good standing.","code":"Arrearage"}}""")]
    [InlineData(400, """{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API."}}""")]
    [InlineData(402, """{"error":{"message":"Insufficient Balance"}}""")]
    public async Task An_account_without_credit_is_known_by_what_it_is_called(int status, string body)
    {
        var fault = await FaultAsync(status, body);

        Assert.Equal((EngineFaultKind.Misconfigured, "engine.no-credit"), (fault.Kind, fault.Reason.FirstCode));
    }

    [Theory]
    [InlineData("""{"error":{"code":403,"message":"Your input was flagged by moderation: harassment."}}""", "harassment")]
    [InlineData("""{"error":{"code":403,"message":"Refused.","metadata":{"reasons":["harassment"],"flagged_input":"…"}}}""", "Refused.")]
    public async Task What_a_moderation_refused_says_nothing_about_the_engine(string body, string says)
    {
        var fault = await FaultAsync(403, body);

        Assert.Equal((EngineFaultKind.Refused, false, "engine.refused"), (fault.Kind, fault.CountsAgainstEngine, fault.Reason.FirstCode));
        Assert.Contains(says, fault.Reason.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid one.")]
    [InlineData(400, "invalid_api_key", "Wrong.")]
    [InlineData(401, "ip_not_authorized", "Your IP is not authorized for this project.")]
    [InlineData(403, "unsupported_country_region_territory", "Country, region, or territory not supported")]
    [InlineData(403, "AllocationQuota.FreeTierOnly", "The free tier of the model has been exhausted.")]
    [InlineData(403, "model_not_found", "Project does not have access to model")]
    public async Task A_refused_key_is_told_in_the_servers_words_too(int status, string code, string words)
    {
        var fault = await FaultAsync(status, $$$"""{"error":{"message":"{{{words}}} (key sk-secret-1)","code":"{{{code}}}"}}""");

        Assert.Equal((EngineFaultKind.Misconfigured, "engine.key-refused"), (fault.Kind, fault.Reason.FirstCode));
        Assert.Contains($"{words} (key ***)", fault.Reason.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(402, "Insufficient Balance", "engine.no-credit")]
    [InlineData(404, "Route not found", "engine.no-chat-api")]
    public async Task What_the_server_said_is_told_wherever_it_said_something(int status, string words, string code)
    {
        var fault = await FaultAsync(status, $$$"""{"error":{"message":"{{{words}}}"}}""");

        Assert.Equal(code, fault.Reason.FirstCode);
        Assert.Contains(words, fault.Reason.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, """[{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT"}}]""", "API key not valid.")]
    [InlineData(422, """{"object":"error","message":{"detail":[{"loc":["body","stream_options"],"msg":"Extra inputs are not permitted"}]}}""", "stream_options: Extra inputs are not permitted")]
    [InlineData(422, """{"detail":[{"loc":["body","temperature"],"msg":"Input is too great"},{"msg":"Field required"}]}""", "temperature: Input is too great; Field required")]
    [InlineData(500, """{"detail":"CUDA out of memory"}""", "CUDA out of memory")]
    [InlineData(400, """{"message":"No such thing"}""", "No such thing")]
    [InlineData(400, "System role not supported", "System role not supported")]
    public async Task The_reason_is_found_in_every_servers_form(int status, string body, string says)
        => Assert.Contains($"\"{says}\"", (await FaultAsync(status, body)).Reason.ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("text/html", "<html><h1>Too large</h1></html>")]
    [InlineData("text/plain", "<html><h1>Too large</h1></html>")]
    [InlineData("application/json", "{\"error\":")]
    [InlineData("application/json", "[]")]
    [InlineData("application/json", """{"error":{"message":{"detail":[{"loc":[],"msg":7},null]}}}""")]
    public async Task What_is_no_sentence_is_not_told(string contentType, string body)
        => Assert.Contains("\"RequestEntityTooLarge\"", (await FaultAsync(413, body, contentType: contentType)).Reason.ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("""[{"error":{"code":404,"message":"models/gemini-9 is not found for API version v1main.","status":"NOT_FOUND"}}]""")]
    [InlineData("""{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}""")]
    [InlineData("""{"error":{"code":"model_not_found","message":"It does not exist."}}""")]
    public async Task A_mistyped_model_is_not_taken_for_a_mistyped_address(string body)
        => Assert.Equal("engine.model-unknown", (await FaultAsync(404, body)).Reason.FirstCode);

    [Fact]
    public async Task An_address_that_drops_what_is_sent_there_is_not_reached()
    {
        using var silent = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromMilliseconds(20),
            ConnectCallback = async (_, stop) =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
                return Stream.Null;
            },
        };
        using var client = new HttpClient(new FaultHandler(silent, TimeProvider.System)) { Timeout = Timeout.InfiniteTimeSpan };

        var fault = (await Assert.ThrowsAsync<EngineFaultException>(() => client.GetAsync(new Uri("http://engine.example/v1"), TestContext.Current.CancellationToken))).Fault;

        Assert.Equal(new EngineFault(EngineFaultKind.Unreachable, Phrase.Of("engine.no-server", ("host", "engine.example"))), fault);
    }

    private static async Task<EngineFault> FaultAsync(int status, string body, int? retryAfter = null, string? contentType = null)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status)
        {
            Content = new StringContent(body, Encoding.UTF8, contentType ?? (body[0] is '{' or '[' ? "application/json" : "text/plain")),
        };
        if (retryAfter is { } seconds)
        {
            response.Headers.Add("Retry-After", seconds.ToString(CultureInfo.InvariantCulture));
        }

        using var caller = new HttpMessageInvoker(new FaultHandler(new Answering(response), TimeProvider.System));
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://engine.example/v1/chat/completions");
        request.Headers.Authorization = new("Bearer", "sk-secret-1");
        return (await Assert.ThrowsAsync<EngineFaultException>(() => caller.SendAsync(request, TestContext.Current.CancellationToken))).Fault;
    }

    private sealed class Answering(HttpResponseMessage response) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(response);
    }
}
