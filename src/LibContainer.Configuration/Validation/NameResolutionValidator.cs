namespace LibContainer.Configuration;

/// <summary>The rules about files of the resolver, which have words in lines.</summary>
internal static class NameResolutionValidator
{
    internal static void Validate(NameResolutionConfiguration? names, Findings findings)
    {
        if (names is null)
            return;
        for (int i = 0; i < names.Nameservers.Length; i++)
            if (!InterfaceAddress.IsPlain(names.Nameservers[i]))
                findings.Add(new Where("nameResolution.nameservers", i), $"{names.Nameservers[i]} has a scope, which no server of a container's can have");
        CheckWords("nameResolution.searchDomains", names.SearchDomains);
        CheckWords("nameResolution.options", names.Options);
        foreach ((string name, System.Net.IPAddress address) in names.Hosts.OrderBy(host => host.Key, StringComparer.Ordinal))
        {
            string where = Where.Key("nameResolution.hosts", name);
            CheckWord(where, name);
            if (!InterfaceAddress.IsPlain(address))
                findings.Add(where, $"{address} has a scope");
        }

        void CheckWords(string place, IReadOnlyList<string> words)
        {
            for (int i = 0; i < words.Count; i++)
                CheckWord(new Where(place, i), words[i]);
        }

        void CheckWord(Where where, string word)
        {
            if (word.Length == 0 || word.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter) || letter is '#' or ';'))
                findings.Add(where, $"'{Findings.OneLine(word)}' is not one word of a line");
        }
    }
}
