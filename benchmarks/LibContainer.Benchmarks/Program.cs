using BenchmarkDotNet.Running;
using LibContainer.Benchmarks;

if (!Environment.IsPrivilegedProcess)
{
    Console.Error.WriteLine("the benchmarks start containers and need root");
    return 1;
}
if (args is ["compare", ..])
    return Comparison.Run(args[1..]);
BenchmarkSwitcher.FromAssembly(typeof(Comparison).Assembly).Run(args);
return 0;
