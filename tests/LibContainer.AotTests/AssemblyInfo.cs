// One test at a time: each builds, and two builds of one project write the same files.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
