using System.Net;

namespace LibContainer.Configuration.Tests;

/// <summary>How names are resolved: what the host's file says, and what no file can say.</summary>
public sealed class NameResolutionTests
{
    [Fact]
    public void The_hosts_file_is_read_and_servers_on_its_loopback_are_left_out()
    {
        NameResolutionConfiguration parsed = NameResolutionConfiguration.Parse("""
            # nameserver 192.0.2.9
            ; nameserver 192.0.2.8
            domain old.example
            search example.org	example.net
            nameserver 127.0.0.53
            nameserver ::1
            nameserver 192.0.2.1
              nameserver fd00::1
            nameserver fe80::1%eth0
            nameserver
            options edns0 trust-ad
            options ndots:2
            sortlist 130.155.160.0
            """);

        parsed.Nameservers.Should().Equal(IPAddress.Parse("192.0.2.1"), IPAddress.Parse("fd00::1"));
        parsed.SearchDomains.Should().Equal("example.org", "example.net");
        parsed.Options.Should().Equal("edns0", "trust-ad", "ndots:2");
    }

    [Fact]
    public void What_would_be_another_line_is_named()
        => Valid.Rules(Valid.Container with
        {
            NameResolution = new()
            {
                Nameservers = [IPAddress.Parse("fe80::1%1")],
                SearchDomains = ["a b"],
                Options = ["", "x\nnameserver 192.0.2.1"],
                Hosts = new NameResolutionConfiguration().Hosts.Add("a#b", IPAddress.Loopback).Add("c", IPAddress.Parse("fe80::1%1")),
            },
        }).Should().Equal(
            "nameResolution.nameservers[0]: fe80::1%1 has a scope, which no server of a container's can have",
            "nameResolution.searchDomains[0]: 'a b' is not one word of a line",
            "nameResolution.options[0]: '' is not one word of a line",
            @"nameResolution.options[1]: 'x\nnameserver 192.0.2.1' is not one word of a line",
            "nameResolution.hosts[\"a#b\"]: 'a#b' is not one word of a line",
            "nameResolution.hosts[\"c\"]: fe80::1%1 has a scope");
}
