using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace LibContainer.Tests;

/// <summary>What was measured.</summary>
/// <param name="Name">The instrument.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Value">How much.</param>
/// <param name="Tags">Of what.</param>
internal sealed record RecordedMeasurement(string Name, string? Unit, double Value, IReadOnlyDictionary<string, object?> Tags);

/// <summary>Keeps everything that is measured by the meters of one factory.</summary>
internal sealed class RecordedMeasurements : IDisposable
{
    private readonly ConcurrentQueue<RecordedMeasurement> _all = new();
    private readonly MeterListener _listener = new();

    internal RecordedMeasurements(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "LibContainer" && instrument.Meter.Scope == meters)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Of one instrument, in order.</summary>
    internal IReadOnlyList<RecordedMeasurement> Of(string instrument) => [.. _all.Where(measured => measured.Name == instrument)];

    /// <summary>Asks the instruments that have to be asked.</summary>
    internal void Observe() => _listener.RecordObservableInstruments();

    private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        => _all.Enqueue(new RecordedMeasurement(instrument.Name, instrument.Unit, value, new Dictionary<string, object?>(tags.ToArray())));

    public void Dispose() => _listener.Dispose();
}
