// The kernel's floor: for each byte on its input one process in the six namespaces of a container, nothing but execve in it, until it
// is reaped. Answers on its error stream, as its output is the program's: nanoseconds and exit code. As bare as a start can be: no
// launcher, no message, no descriptor passed, no runtime, one thread and hardly a page to copy. For the byte 'm' there are two mounts
// before the execve, a proc and a sysfs, whose cost depends on how many others there are.
//   floor DIRECTORY PROGRAM [ARGUMENT...]      DIRECTORY has a proc and a sys to mount on
#define _GNU_SOURCE
#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NAMESPACES (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET)

int main(int argc, char **argv)
{
    char *environment[] = { NULL };
    char request;
    ssize_t count;
    if (argc < 3 || chdir(argv[1]) != 0)
        return 2;
    while ((count = read(0, &request, 1)) == 1) {
        struct clone_args arguments = { .flags = NAMESPACES, .exit_signal = SIGCHLD };
        struct timespec start, end;
        siginfo_t how;
        clock_gettime(CLOCK_MONOTONIC, &start);
        long pid = syscall(SYS_clone3, &arguments, sizeof arguments);
        if (pid == 0) {
            if (request == 'm' && (mount("proc", "proc", "proc", 0, NULL) != 0 || mount("sysfs", "sys", "sysfs", 0, NULL) != 0))
                _exit(126);
            execve(argv[2], argv + 2, environment);
            _exit(127);
        }
        if (pid < 0 || waitid(P_PID, pid, &how, WEXITED) != 0) {
            dprintf(2, "%s: %s\n", pid < 0 ? "clone3" : "waitid", strerror(errno));
            return 1;
        }
        clock_gettime(CLOCK_MONOTONIC, &end);
        long long nanoseconds = (end.tv_sec - start.tv_sec) * 1000000000LL + (end.tv_nsec - start.tv_nsec);
        dprintf(2, "%lld %d\n", nanoseconds, how.si_code == CLD_EXITED ? how.si_status : 128 + how.si_status);
    }
    return count == 0 ? 0 : 1;
}
