// Giving up privileges for good, in every thread of the process.
//
// Capabilities and user IDs are each thread's own, and Node.js has a dozen threads. C libraries
// have a way to make all threads change their user, but none for capabilities. So each thread is
// sent a signal, and changes itself in the handler: with system calls alone, since it may have been
// interrupted anywhere.
#include "privileges.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

#include <bpf/bpf.h>
#include <dirent.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "arguments.h"

namespace
{

// One of the two that glibc and musl keep for themselves (SIGSETXID, SIGCANCEL) and let no thread
// block; Node.js has a thread that blocks all others.
constexpr int kSignal = 33;
constexpr int kMostThreads = 4096;
constexpr int kPatienceMs = 2000;

// As the system call has it; sigaction(3) refuses the signal.
struct KernelAction {
	void (*handler)(int);
	unsigned long flags;
	void (*restorer)();
	uint64_t mask;
};

struct Sets {
	std::array<__user_cap_data_struct, 2> words = {};
	bool operator==(const Sets &other) const
	{
		return std::equal(words.begin(), words.end(), other.words.begin(),
		                  [](const auto &a, const auto &b) {
			                  return a.effective == b.effective &&
			                         a.permitted == b.permitted &&
			                         a.inheritable == b.inheritable;
		                  });
	}
};

struct Account {
	uid_t uid = 0;
	gid_t gid = 0;
	std::vector<gid_t> groups;
};

// What every thread becomes; set before the first one does.
struct {
	Sets kept;
	bool changes_user = false;
	Account account;
	std::atomic<int> error{0};
	std::atomic<int> count{0};
	std::array<std::atomic<pid_t>, kMostThreads> threads{};
} target;

int Call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0)
{
	return syscall(number, a, b, c, d, e) < 0 ? -errno : 0;
}

__user_cap_header_struct Header()
{
	return {_LINUX_CAPABILITY_VERSION_3, 0};
}

Sets ReadSets()
{
	auto header = Header();
	Sets sets;
	syscall(SYS_capget, &header, sets.words.data());
	return sets;
}

int WriteSets(const Sets &sets)
{
	auto header = Header();
	return syscall(SYS_capset, &header, sets.words.data()) < 0 ? -errno : 0;
}

int ChangeUser(const Account &account)
{
	// Else the kernel takes away what is kept.
	int error = Call(SYS_prctl, PR_SET_KEEPCAPS, 1);
	if (error == 0)
		error = Call(SYS_setgroups, static_cast<long>(account.groups.size()),
		             reinterpret_cast<long>(account.groups.data()));
	if (error == 0)
		error = Call(SYS_setresgid, account.gid, account.gid, account.gid);
	if (error == 0)
		error = Call(SYS_setresuid, account.uid, account.uid, account.uid);
	return error;
}

// This thread. Async-signal-safe.
int Become()
{
	// So that nothing comes back by executing a program. The bounding set takes CAP_SETPCAP,
	// which not everybody has.
	int error = Call(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1);
	for (int one = 0; Call(SYS_prctl, PR_CAPBSET_DROP, one) == 0;)
		one++;
	// A thread begun by one that was through already.
	if (error < 0 || ReadSets() == target.kept)
		return error;
	if (target.changes_user)
		error = ChangeUser(target.account);
	return error < 0 ? error : WriteSets(target.kept);
}

void OnSignal(int)
{
	int before = errno;
	int error = Become();
	if (error < 0)
		target.error = error;
	int place = target.count++;
	if (place < kMostThreads)
		target.threads[place] = static_cast<pid_t>(syscall(SYS_gettid));
	errno = before;
}

bool IsThrough(pid_t thread)
{
	int count = std::min(target.count.load(), kMostThreads);
	return std::find(target.threads.begin(), target.threads.begin() + count, thread) !=
	       target.threads.begin() + count;
}

int ListThreads(std::vector<pid_t> &threads)
{
	DIR *folder = opendir("/proc/self/task");
	if (folder == nullptr)
		return -errno;
	while (const dirent *entry = readdir(folder))
		if (pid_t thread = atoi(entry->d_name); thread > 0)
			threads.push_back(thread);
	closedir(folder);
	return 0;
}

int SwapAction(int number, const KernelAction *next, KernelAction *before)
{
	return Call(SYS_rt_sigaction, number, reinterpret_cast<long>(next),
	            reinterpret_cast<long>(before), sizeof(uint64_t));
}

// Ours, as the C library would install it: on x86 with its way back from a handler.
int PrepareAction(KernelAction &action)
{
	struct sigaction ours = {}, before = {};
	ours.sa_handler = OnSignal;
	ours.sa_flags = SA_RESTART | SA_ONSTACK;
	if (sigaction(SIGRTMAX, &ours, &before) < 0)
		return -errno;
	int error = SwapAction(SIGRTMAX, nullptr, &action);
	sigaction(SIGRTMAX, &before, nullptr);
	return error;
}

// Every thread but this one, and those that they begin meanwhile. `all` is false where some are
// still in a system call that no signal ends, as on a disk that does not answer: they change before
// they do anything else.
int TellOthers(bool &all)
{
	pid_t self = static_cast<pid_t>(syscall(SYS_gettid));
	std::vector<pid_t> told = {self};
	for (int waited = 0; waited < kPatienceMs; waited++) {
		std::vector<pid_t> threads;
		int error = ListThreads(threads);
		if (error < 0)
			return error;
		all = true;
		for (pid_t thread : threads) {
			if (thread == self || IsThrough(thread))
				continue;
			all = false;
			if (std::find(told.begin(), told.end(), thread) != told.end())
				continue;
			told.push_back(thread);
			// One that has just ended is not in the next list.
			syscall(SYS_tgkill, getpid(), thread, kSignal);
		}
		if (all)
			break;
		usleep(1000);
	}
	return target.error;
}

int BecomeEverywhere()
{
	target.error = 0;
	target.count = 0;
	// This one first: where it is refused the others stay as they are.
	int error = Become();
	KernelAction ours = {}, before = {};
	if (error == 0)
		error = PrepareAction(ours);
	if (error == 0)
		error = SwapAction(kSignal, &ours, &before);
	if (error < 0)
		return error;
	bool all = false;
	error = TellOthers(all);
	// Without a handler, a signal that is yet to be delivered would end the process.
	if (all)
		SwapAction(kSignal, &before, nullptr);
	return error;
}

std::vector<uint32_t> TakeNumbers(Napi::Value value, const char *what, int64_t most)
{
	if (!value.IsArray())
		throw Napi::TypeError::New(value.Env(), std::string(what) + " must be an array");
	Napi::Array array = value.As<Napi::Array>();
	std::vector<uint32_t> numbers;
	for (uint32_t index = 0; index < array.Length(); index++)
		numbers.push_back(
		        static_cast<uint32_t>(TakeInteger(array.Get(index), what, 0, most)));
	return numbers;
}

} // namespace

namespace privileges
{

Napi::Value GiveUp(const Napi::CallbackInfo &info)
{
	Sets held = ReadSets();
	Sets kept;
	for (uint32_t one : TakeNumbers(info[0], "keep", 63)) {
		uint32_t bit = 1U << (one % 32);
		auto &word = kept.words[one / 32];
		word.effective |= bit & held.words[one / 32].permitted;
		word.permitted = word.effective;
	}
	Account account;
	bool changes_user = !info[1].IsUndefined();
	if (changes_user) {
		Napi::Object object = TakeObject(info[1], "account");
		account.uid = static_cast<uid_t>(
		        TakeInteger(object.Get("uid"), "account.uid", 0, UINT32_MAX - 1));
		account.gid = static_cast<gid_t>(
		        TakeInteger(object.Get("gid"), "account.gid", 0, UINT32_MAX - 1));
		account.groups =
		        TakeNumbers(object.Get("groups"), "account.groups", UINT32_MAX - 1);
	}
	target.kept = kept;
	target.changes_user = changes_user;
	target.account = account;
	return Napi::Number::New(info.Env(), BecomeEverywhere());
}

Napi::Value ReadingTakesCapability(const Napi::CallbackInfo &info)
{
	Sets held = ReadSets();
	Sets bare = held;
	for (auto &word : bare.words)
		word.effective = 0;
	int error = WriteSets(bare);
	if (error < 0)
		return Napi::Number::New(info.Env(), error);
	// No descriptor at all: whoever may read is told so (EBADF).
	uint64_t nothing = 0;
	bool refused = bpf_map_lookup_elem(-1, &nothing, &nothing) < 0 && errno == EPERM;
	error = WriteSets(held);
	return Napi::Number::New(info.Env(), error < 0 ? error : static_cast<int>(refused));
}

} // namespace privileges
