using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.Linux;

/// <summary>What is called, and of whom.</summary>
/// <param name="Destination">Name on the bus: <c>org.freedesktop.systemd1</c>.</param>
/// <param name="Path">The object: <c>/org/freedesktop/systemd1</c>.</param>
/// <param name="Interface">Whose method it is: <c>org.freedesktop.systemd1.Manager</c>.</param>
/// <param name="Member">Name of the method.</param>
internal sealed record BusMethod(string Destination, string Path, string Interface, string Member);

/// <summary>A message: a call that is put together, or an answer or signal that is read from its begin to its end. Source: sd-bus(3).</summary>
internal sealed unsafe class BusMessage : SafeHandleZeroOrMinusOneIsInvalid
{
    /// <summary>Takes over a sd_bus_message.</summary>
    internal BusMessage(nint message)
        : base(ownsHandle: true) => SetHandle(message);

    private static LibSystemd Lib => LibSystemd.Instance;

    internal static BusMessage Call(SystemdBus bus, BusMethod method, ReadOnlySpan<BusValue> arguments)
    {
        using Borrowed held = new(bus);
        nint created;
        fixed (byte* destination = NullTerminated.From(method.Destination), path = NullTerminated.From(method.Path),
            @interface = NullTerminated.From(method.Interface), member = NullTerminated.From(method.Member))
            Check(Lib.sd_bus_message_new_method_call(held.Pointer, &created, destination, path, @interface, member), method.Member);
        BusMessage message = new(created);
        try
        {
            foreach (BusValue argument in arguments)
                message.Append(argument);
            return message;
        }
        catch
        {
            message.Dispose();
            throw;
        }
    }

    /// <summary>The next value, which is text.</summary>
    /// <param name="type">What text: <c>s</c>, or <c>o</c> for the path of an object.</param>
    /// <exception cref="BusException">ENXIO: it is something else, or there is none.</exception>
    internal string ReadString(char type = 's')
    {
        byte* text;
        Read(type, &text);
        return Marshal.PtrToStringUTF8((nint)text)!;
    }

    /// <inheritdoc cref="ReadString"/>
    internal uint ReadUInt32()
    {
        uint number;
        Read('u', &number);
        return number;
    }

    /// <summary>The next value is a variant: what is read then is in it.</summary>
    /// <param name="signature">The type that it has to have.</param>
    /// <exception cref="BusException">ENXIO: it has another one.</exception>
    internal void EnterVariant(string signature)
    {
        using Borrowed held = new(this);
        fixed (byte* contents = NullTerminated.From(signature))
            CheckThere(Lib.sd_bus_message_enter_container(held.Pointer, (byte)'v', contents), $"read a variant of {signature}");
    }

    /// <param name="interface">Whose signal. Null: any.</param>
    /// <param name="member">Its name. Null: any.</param>
    internal bool IsSignal(string? @interface = null, string? member = null)
    {
        using Borrowed held = new(this);
        fixed (byte* interfaceStart = @interface is null ? null : NullTerminated.From(@interface), memberStart = member is null ? null : NullTerminated.From(member))
            return Check(Lib.sd_bus_message_is_signal(held.Pointer, interfaceStart, memberStart), "sd_bus_message_is_signal") > 0;
    }

    /// <summary>Whether it is the answer to a call.</summary>
    /// <param name="cookie">What the call got when it was sent.</param>
    internal bool IsAnswerTo(ulong cookie)
    {
        using Borrowed held = new(this);
        ulong answered;
        return Lib.sd_bus_message_get_reply_cookie(held.Pointer, &answered) >= 0 && answered == cookie; // ENODATA: it is no answer
    }

    /// <summary>What an answer says that is an error. Null: it is none.</summary>
    /// <param name="call">For the message.</param>
    internal BusException? ErrorOf(string call)
    {
        using Borrowed held = new(this);
        if (Check(Lib.sd_bus_message_is_method_error(held.Pointer, null), "sd_bus_message_is_method_error") == 0)
            return null;
        LibSystemd.BusError* error = Lib.sd_bus_message_get_error(held.Pointer);
        return new(
            call,
            (Errno)Lib.sd_bus_message_get_errno(held.Pointer),
            Marshal.PtrToStringUTF8((nint)error->Name),
            Marshal.PtrToStringUTF8((nint)error->Message));
    }

    private void Append(BusValue value)
    {
        using Borrowed held = new(this);
        string call = $"append {value.Signature}";
        switch (value.Content)
        {
            case string text:
                fixed (byte* start = NullTerminated.From(text))
                    Check(Lib.sd_bus_message_append_basic(held.Pointer, (byte)value.Signature[0], start), call);
                break;
            case bool truth:
                int number = truth ? 1 : 0;
                Check(Lib.sd_bus_message_append_basic(held.Pointer, (byte)'b', &number), call);
                break;
            case uint small:
                Check(Lib.sd_bus_message_append_basic(held.Pointer, (byte)'u', &small), call);
                break;
            case ulong large:
                Check(Lib.sd_bus_message_append_basic(held.Pointer, (byte)'t', &large), call);
                break;
            case byte[] bytes:
                fixed (byte* start = bytes)
                    Check(Lib.sd_bus_message_append_array(held.Pointer, (byte)'y', start, (nuint)bytes.Length), call);
                break;
            case ImmutableArray<BusValue> values:
                (char kind, string within) = value.Signature[0] switch
                {
                    'a' => ('a', value.Signature[1..]),
                    'v' => ('v', values[0].Signature),
                    _ => ('r', value.Signature[1..^1]), // SD_BUS_TYPE_STRUCT, without the brackets
                };
                fixed (byte* contents = NullTerminated.From(within))
                    Check(Lib.sd_bus_message_open_container(held.Pointer, (byte)kind, contents), call);
                foreach (BusValue one in values)
                    Append(one);
                Check(Lib.sd_bus_message_close_container(held.Pointer), call);
                break;
        }
    }

    private void Read(char type, void* value)
    {
        using Borrowed held = new(this);
        CheckThere(Lib.sd_bus_message_read_basic(held.Pointer, (byte)type, value), $"read {type}");
    }

    /// <summary>0 is the end of the message.</summary>
    private static void CheckThere(int result, string call) => Check(result == 0 ? -(int)Errno.ENXIO : result, call);

    private static int Check(int result, string call) => result >= 0 ? result : throw new BusException(call, (Errno)(-result));

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        Lib.sd_bus_message_unref(handle);
        return true;
    }
}
