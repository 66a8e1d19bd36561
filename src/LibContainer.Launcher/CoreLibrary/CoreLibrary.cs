// The whole of System, as far as this program can tell. What csc and ilc ask for by name, and nothing else:
// no heap, no exceptions, no strings at run time. A name that is missing is a compile error, never a surprise.

namespace System
{
    public class Object { public nint MethodTable; }
    public struct Void { }
    public struct Boolean { }
    public struct Char { }
    public struct SByte { }
    public struct Byte { }
    public struct Int16 { }
    public struct UInt16 { }
    public struct Int32 { }
    public struct UInt32 { public const uint MaxValue = 0xFFFFFFFF; }
    public struct Int64 { }
    public struct UInt64 { }
    public struct IntPtr { }
    public struct UIntPtr { }
    public struct Single { }
    public struct Double { }
    public abstract class ValueType { }
    public abstract class Enum : ValueType { }
    public struct Nullable<T> where T : struct { }
    public sealed class String { public readonly int Length; }
    public abstract class Array { }
    class Array<T> : Array { }
    public class Type { }
    public abstract class Delegate { }
    public abstract class MulticastDelegate : Delegate { }
    public class Exception { }
    public struct RuntimeTypeHandle { }
    public struct RuntimeMethodHandle { }
    public struct RuntimeFieldHandle { }

    public class Attribute { }
    public enum AttributeTargets { All = 0x7fff }
    public sealed class AttributeUsageAttribute : Attribute
    {
        public AttributeUsageAttribute(AttributeTargets validOn) { }
        public bool AllowMultiple { get; set; }
        public bool Inherited { get; set; }
    }
    public class ParamArrayAttribute : Attribute { }
    public class FlagsAttribute : Attribute { }
    public sealed class ObsoleteAttribute : Attribute
    {
        public ObsoleteAttribute(string message) { }
        public ObsoleteAttribute(string message, bool error) { }
    }
    public class AppContext { public static void SetData(string name, object data) { } }

    /// <summary>Enough of the real one for u8 literals. csc wants all three constructors.</summary>
    public readonly unsafe ref struct ReadOnlySpan<T>
    {
        readonly ref T _first;
        readonly int _length;
        public ReadOnlySpan(void* pointer, int length)
        {
            _first = ref Runtime.CompilerServices.Unsafe.AsRef<T>(pointer);
            _length = length;
        }
        public ReadOnlySpan(T[] array) { }
        public ReadOnlySpan(T[] array, int start, int length) { }
        public int Length => _length;
        internal ref T First => ref _first;
        public static implicit operator ReadOnlySpan<T>(T[] array) => default;
    }

    public static unsafe class Buffer
    {
        public static void BulkMoveWithWriteBarrier(ref byte destination, ref byte source, nuint count)
            => Internal.Runtime.CompilerHelpers.ThrowHelpers.Leave();
    }

    public static unsafe class SpanHelpers
    {
        public static void Memmove(ref byte destination, ref byte source, nuint count)
        {
            byte* to = (byte*)Runtime.CompilerServices.Unsafe.AsPointer(ref destination);
            byte* from = (byte*)Runtime.CompilerServices.Unsafe.AsPointer(ref source);
            if (to < from)
                for (nuint i = 0; i < count; i++) to[i] = from[i];
            else
                for (nuint i = count; i > 0; i--) to[i - 1] = from[i - 1];
        }
        public static void ClearWithoutReferences(ref byte destination, nuint count) => Fill(ref destination, 0, count);
        public static void Fill(ref byte destination, byte value, nuint count)
        {
            byte* to = (byte*)Runtime.CompilerServices.Unsafe.AsPointer(ref destination);
            for (nuint i = 0; i < count; i++) to[i] = value;
        }
    }
}

namespace System.Runtime.CompilerServices
{
    public class RuntimeHelpers { public static int OffsetToStringData => 12; }
    public static class RuntimeFeature
    {
        public const string UnmanagedSignatureCallingConvention = nameof(UnmanagedSignatureCallingConvention);
        public const string ByRefFields = nameof(ByRefFields);
    }
    public sealed class IntrinsicAttribute : Attribute { }
    public sealed class IsByRefLikeAttribute : Attribute { }
    public sealed class IsReadOnlyAttribute : Attribute { }
    public sealed class ExtensionAttribute : Attribute { }
    public sealed class UnsafeValueTypeAttribute : Attribute { }
    public sealed class CompilerGeneratedAttribute : Attribute { }
    public sealed class ScopedRefAttribute : Attribute { }
    public sealed class FixedBufferAttribute : Attribute { public FixedBufferAttribute(Type elementType, int length) { } }
    public sealed class RefSafetyRulesAttribute : Attribute { public RefSafetyRulesAttribute(int version) { } }
    public enum MethodImplOptions { NoInlining = 8, AggressiveInlining = 256, InternalCall = 4096 }
    public sealed class MethodImplAttribute : Attribute { public MethodImplAttribute(MethodImplOptions options) { } }
    public static unsafe class Unsafe
    {
        [Intrinsic] public static extern ref T AsRef<T>(void* pointer);
        [Intrinsic] public static extern void* AsPointer<T>(ref T reference);
    }
}

namespace System.Runtime.InteropServices
{
    public enum LayoutKind { Sequential = 0, Explicit = 2, Auto = 3 }
    public class UnmanagedType { }
    public sealed class StructLayoutAttribute : Attribute { public StructLayoutAttribute(LayoutKind kind) { } public int Pack, Size; }
    public sealed class InAttribute : Attribute { }
    public sealed class OutAttribute : Attribute { }
}

namespace System.Runtime
{
    class RuntimeExportAttribute : Attribute { public RuntimeExportAttribute(string name) { } }
    class RuntimeImportAttribute : Attribute { public RuntimeImportAttribute(string library, string name) { } }
}

namespace Internal.Runtime.CompilerHelpers
{
    // ilc emits calls to these by name.
    class StartupCodeHelpers
    {
        [System.Runtime.RuntimeExport("RhpReversePInvoke")] static void ReversePInvoke(nint frame) { }
        [System.Runtime.RuntimeExport("RhpReversePInvokeReturn")] static void ReversePInvokeReturn(nint frame) { }
        [System.Runtime.RuntimeExport("RhpPInvoke")] static void PInvoke(nint frame) { }
        [System.Runtime.RuntimeExport("RhpPInvokeReturn")] static void PInvokeReturn(nint frame) { }
        [System.Runtime.RuntimeExport("RhpFallbackFailFast")] static void FailFast() => ThrowHelpers.Leave();
    }

    // There are no exceptions: what would throw ends the process. The host then sees a start that ended at a step without a report.
    static unsafe class ThrowHelpers
    {
        [System.Runtime.RuntimeImport("*", "syscall")]
        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.InternalCall)]
        static extern long SystemCall(long number, long a, long b, long c, long d, long e, long f);

        internal static void Leave()
        {
            while (true) SystemCall(LibContainer.Linux.SystemCallNumber.exit_group, 70, 0, 0, 0, 0, 0); // EX_SOFTWARE
        }

        static void ThrowInvalidProgramException(int id) => Leave();
        static void ThrowIndexOutOfRangeException() => Leave();
        static void ThrowNullReferenceException() => Leave();
        static void ThrowDivideByZeroException() => Leave();
        static void ThrowOverflowException() => Leave();
        static void ThrowTypeLoadException(int id, string type, string member) => Leave();
        static void ThrowBadImageFormatException(int id) => Leave();
        static void ThrowNotImplementedException() => Leave();
        static void ThrowPlatformNotSupportedException() => Leave();
    }
}
