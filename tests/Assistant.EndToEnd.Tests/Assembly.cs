using Assistant.EndToEnd.Tests.Harness;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

// Each test drives a program of its own: beside one another they would only slow each other down.
[assembly: Parallelization(Mode = ParallelMode.None)]
[assembly: AssemblyFixture(typeof(Chromium))]
