using System.ComponentModel;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LibContainer.TestUtilities;

/// <summary>A network namespace that is a test's host: what runs in it is on a thread of its own there, and the machine's network is not touched.</summary>
public sealed class OwnNetwork : IDisposable
{
    private const int NewNetwork = 0x40000000; // CLONE_NEWNET

    private readonly SafeFileHandle _namespace;

    /// <summary>With a loopback interface, down, and nothing else.</summary>
    public OwnNetwork() => _namespace = OnThread(() =>
    {
        Check(unshare(NewNetwork), "unshare");
        return File.OpenHandle("/proc/thread-self/ns/net");
    });

    /// <summary>Its file, for programs.</summary>
    public string Path => $"/proc/{Environment.ProcessId}/fd/{_namespace.DangerousGetHandle()}";

    /// <summary>Runs something in it. Several may at once.</summary>
    public T Run<T>(Func<T> inside) => OnThread(() =>
    {
        Check(setns(_namespace, NewNetwork), "setns");
        return inside();
    });

    /// <inheritdoc cref="Run{T}"/>
    public void Run(Action inside) => Run(() =>
    {
        inside();
        return true;
    });

    /// <summary>It goes when nobody is in it.</summary>
    public void Dispose() => _namespace.Dispose();

    private static T OnThread<T>(Func<T> action)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                result = action();
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }

    private static void Check(int result, string call)
    {
        if (result != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), call);
    }

#pragma warning disable SYSLIB1054 // generated marshalling would need unsafe code here
    [DllImport("libc", SetLastError = true)]
    private static extern int unshare(int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int setns(SafeFileHandle descriptor, int kind);
#pragma warning restore SYSLIB1054
}
