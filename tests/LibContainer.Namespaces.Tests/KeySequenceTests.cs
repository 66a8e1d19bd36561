using System.Text;

namespace LibContainer.Tests;

public sealed class KeySequenceTests
{
    /// <summary>In chunks of each length, since a key comes by itself or in the middle of a paste.</summary>
    [Theory]
    [InlineData("PQ", "hello", "hello", false)]
    [InlineData("PQ", "oneP", "one", false)]
    [InlineData("PQ", "onePQtwo", "one", true)]
    [InlineData("PQ", "PPQ", "P", true)]
    [InlineData("PQ", "PxPyPQ", "PxPy", true)]
    [InlineData("aab", "aaab", "a", true)]
    [InlineData("abac", "ababac", "ab", true)]
    [InlineData("aba", "abcaba", "abc", true)]
    [InlineData("q", "xq", "x", true)]
    [InlineData("", "all of it", "all of it", false)]
    public void Keys_are_found_and_what_only_looked_like_them_passes(string keys, string typed, string passed, bool isFound)
    {
        for (int length = 1; length <= typed.Length; length++)
        {
            KeySequence sequence = new([.. Encoding.ASCII.GetBytes(keys)]);
            StringBuilder all = new();
            bool found = false;
            foreach (byte[] chunk in Encoding.ASCII.GetBytes(typed).Chunk(length))
            {
                byte[] buffer = new byte[chunk.Length + sequence.Longest];
                found = sequence.Find(chunk, buffer, out int count);
                all.Append(Encoding.ASCII.GetString(buffer, 0, count));
                if (found)
                    break;
            }
            (all.ToString(), found).Should().Be((passed, isFound));
        }
    }
}
