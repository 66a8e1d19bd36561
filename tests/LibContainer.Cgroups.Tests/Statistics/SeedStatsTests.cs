using System.Text;
using System.Text.Json;

namespace LibContainer.Cgroups.Tests.Statistics;

/// <summary>The JSON of June 2014, byte for byte.</summary>
public sealed class SeedStatsTests
{
    [Fact]
    public void Without_figures_the_objects_and_three_numbers_are_there()
        => Encoding.UTF8.GetString(new SeedStats().ToJson()).Should().Be(
            """{"cpu_stats":{"cpu_usage":{"usage_in_kernelmode":0,"usage_in_usermode":0},"throlling_data":{}},"memory_stats":{"failcnt":0},"blkio_stats":{},"freezer_stats":{}}""");

    [Fact]
    public void With_all_figures_every_member_has_its_place()
    {
        SeedStats stats = new()
        {
            PercentUsage = 1,
            CurrentUsage = 2,
            PercpuUsage = [3, 0],
            UsageInKernelmode = 4,
            UsageInUsermode = 5,
            Periods = 6,
            ThrottledPeriods = 7,
            ThrottledTime = ulong.MaxValue,
            MemoryUsage = 8,
            MaxMemoryUsage = 9,
            MemoryFields = SeedStats.NoFields.Add("rss", 0).Add("cache", 10).Add("Zz", 11),
            MemoryFailCount = 12,
            IOServiceBytes = [new(8, 16, "Read", 13), new(0, 0, "Write", 0)],
            IOServiced = [new(8, 0, "Total", 14)],
            IOQueued = [new(8, 1, "Sync", 15)],
            Sectors = [new(8, 0, "", 1024)],
            FreezerParentState = "0",
            FreezerSelfState = "1",
        };

        Encoding.UTF8.GetString(stats.ToJson()).Should().Be(
            """
            {"cpu_stats":{"cpu_usage":{"percent_usage":1,"current_usage":2,"percpu_usage":[3,0],"usage_in_kernelmode":4,"usage_in_usermode":5},
            "throlling_data":{"periods":6,"throttled_periods":7,"throttled_time":18446744073709551615}},
            "memory_stats":{"usage":8,"max_usage":9,"stats":{"Zz":11,"cache":10,"rss":0},"failcnt":12},
            "blkio_stats":{"io_service_bytes_recursive":[{"major":8,"minor":16,"op":"Read","value":13},{"op":"Write"}],
            "io_serviced_recusrive":[{"major":8,"op":"Total","value":14}],"io_queue_recursive":[{"major":8,"minor":1,"op":"Sync","value":15}],
            "sectors_recursive":[{"major":8,"value":1024}]},"freezer_stats":{"parent_state":"0","self_state":"1"}}
            """.ReplaceLineEndings(""));
    }

    [Fact]
    public void Indented_it_is_the_golden_output_of_nsinit()
    {
        SeedStats stats = new()
        {
            PercpuUsage = [484256561],
            UsageInKernelmode = 140000000,
            UsageInUsermode = 160000000,
            MemoryUsage = 12230656,
            MaxMemoryUsage = 12238848,
            MemoryFields = SeedStats.NoFields.Add("hierarchical_memory_limit", ulong.MaxValue).Add("active_anon", 6590464),
            FreezerParentState = "0",
            FreezerSelfState = "0",
        };

        Encoding.UTF8.GetString(stats.ToJson(indented: true)).Should().Be("""
            {
            	"cpu_stats": {
            		"cpu_usage": {
            			"percpu_usage": [
            				484256561
            			],
            			"usage_in_kernelmode": 140000000,
            			"usage_in_usermode": 160000000
            		},
            		"throlling_data": {}
            	},
            	"memory_stats": {
            		"usage": 12230656,
            		"max_usage": 12238848,
            		"stats": {
            			"active_anon": 6590464,
            			"hierarchical_memory_limit": 18446744073709551615
            		},
            		"failcnt": 0
            	},
            	"blkio_stats": {},
            	"freezer_stats": {
            		"parent_state": "0",
            		"self_state": "0"
            	}
            }
            """);
    }

    [Fact]
    public void Inside_of_another_document_it_is_one_object()
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("cgroup_stats");
            new SeedStats().Write(writer);
            writer.WriteEndObject();
        }

        Encoding.UTF8.GetString(stream.ToArray()).Should().StartWith("{\"cgroup_stats\":{\"cpu_stats\":").And.EndWith("\"freezer_stats\":{}}}");
    }
}
