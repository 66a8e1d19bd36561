// One container test at a time: leak checks compare the whole process before and after.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
