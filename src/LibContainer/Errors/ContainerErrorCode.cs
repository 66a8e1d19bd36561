namespace LibContainer;

/// <summary>What went wrong, as a number that never changes its meaning. In texts: <c>LC0003</c>. What each means and what helps is in docs/errors.md.</summary>
public enum ContainerErrorCode
{
    /// <summary>Not one of these.</summary>
    None = 0,

    /// <summary><c>LC0001</c>: the configuration, or this host for it.</summary>
    InvalidConfiguration = 1,

    /// <summary><c>LC0002</c>: the id is none.</summary>
    InvalidId = 2,

    /// <summary><c>LC0003</c>: there is no container of this id.</summary>
    NotFound = 3,

    /// <summary><c>LC0004</c>: there is one already.</summary>
    AlreadyExists = 4,

    /// <summary><c>LC0005</c>: it is in no state for that.</summary>
    WrongStatus = 5,

    /// <summary><c>LC0006</c>: the object was disposed.</summary>
    Disposed = 6,

    /// <summary><c>LC0007</c>: the caller cancelled it.</summary>
    Canceled = 7,

    /// <summary><c>LC0008</c>: a step of the start.</summary>
    StartFailed = 8,

    /// <summary><c>LC0009</c>: the program is not there.</summary>
    ProgramNotFound = 9,

    /// <summary><c>LC0010</c>: the program is there and cannot be run.</summary>
    ProgramNotExecutable = 10,

    /// <summary><c>LC0011</c>: its cgroup could not be made, limited, read or removed.</summary>
    CgroupFailed = 11,

    /// <summary><c>LC0012</c>: it could not be connected.</summary>
    NetworkFailed = 12,

    /// <summary><c>LC0013</c>: the folder of states cannot be read or written.</summary>
    StateUnavailable = 13,

    /// <summary><c>LC0014</c>: a state on disk is none.</summary>
    StateUnreadable = 14,

    /// <summary><c>LC0015</c>: a state on disk was written by a later version of this library.</summary>
    StateTooNew = 15,

    /// <summary><c>LC0016</c>: this process may not start containers.</summary>
    NotPermitted = 16,

    /// <summary><c>LC0017</c>: a system call failed.</summary>
    SystemCallFailed = 17,

    /// <summary><c>LC0018</c>: a file, or a stream of the caller's, could not be read or written.</summary>
    InputOutputFailed = 18,

    /// <summary><c>LC0019</c>: something is left that could not be removed.</summary>
    LeftoverRemains = 19,
}
