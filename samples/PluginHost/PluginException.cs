namespace PluginHost;

/// <summary>The plug-in did not do what it was asked: it said so, or ended meanwhile.</summary>
internal sealed class PluginException(string message) : Exception(message);
