using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using LibContainer.Benchmarks;
using LibContainer.Benchmarks.Compare;

if (!Environment.IsPrivilegedProcess)
{
    Console.Error.WriteLine("the benchmarks start containers and need root");
    return 1;
}
ProgramOutput.Capture();
if (args is ["compare", .. var options])
    return Comparison.Run(options);
// In this process: its output is the one that is looked at after each start.
BenchmarkSwitcher.FromAssembly(typeof(ProgramOutput).Assembly).Run(args, DefaultConfig.Instance
    .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance))
    .WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(60)));
return 0;
