#include "env/posix_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

namespace strata {
namespace {

Failure Held(const std::string& directory) {
  return Fail(ErrorCode::kUnavailable, {directory, ": another process has this database open for writing"});
}

Failure SystemError(const std::string& directory, int number) {
  return Fail(ErrorCode::kIoError, {directory, ": cannot lock: ", std::strerror(number)});
}

#ifdef __linux__

struct Address {
  sockaddr_un socket{};
  socklen_t bytes = 0;
};

Result<Address> AddressOf(int directory_descriptor, const std::string& directory) {
  struct stat status{};
  if (fstat(directory_descriptor, &status) != 0) {
    return SystemError(directory, errno);
  }
  std::string name = "strata-" + std::to_string(status.st_dev) + "-" + std::to_string(status.st_ino);
  // All of sun_path counts in an abstract name, and Node.js versions differ in whether they pass on its end:
  // so that they and we mean the same lock, nothing is left over.
  name.resize(sizeof(sockaddr_un::sun_path) - 1, '.');
  Address address;
  address.socket.sun_family = AF_UNIX;
  // A first byte of zero makes it abstract: no file, and gone with its last descriptor.
  std::memcpy(address.socket.sun_path + 1, name.data(), name.size());
  address.bytes = static_cast<socklen_t>(sizeof(sockaddr_un));
  return address;
}

int NewSocket() { return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); }

const sockaddr* Generic(const Address& address) { return reinterpret_cast<const sockaddr*>(&address.socket); }

#endif

}  // namespace

PosixLock::~PosixLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

#ifdef __linux__

Result<PosixLock> PosixLock::Take(int directory_descriptor, const std::string& directory) {
  STRATA_ASSIGN_OR_RETURN(const Address& address, AddressOf(directory_descriptor, directory));
  PosixLock lock(NewSocket());
  if (lock.descriptor_ < 0) return SystemError(directory, errno);
  if (bind(lock.descriptor_, Generic(address), address.bytes) != 0) {
    return errno == EADDRINUSE ? Held(directory) : SystemError(directory, errno);
  }
  // Listening is what Probe() sees; nobody is ever answered.
  if (listen(lock.descriptor_, 1) != 0) return SystemError(directory, errno);
  return lock;
}

Result<void> PosixLock::Probe(int directory_descriptor, const std::string& directory) {
  STRATA_ASSIGN_OR_RETURN(const Address& address, AddressOf(directory_descriptor, directory));
  const PosixLock caller(NewSocket());
  if (caller.descriptor_ < 0) return SystemError(directory, errno);
  // Refused means that nobody listens. Anything else, a full queue too, means that somebody does.
  if (connect(caller.descriptor_, Generic(address), address.bytes) != 0 && errno == ECONNREFUSED) return {};
  return Held(directory);
}

#else

Result<PosixLock> PosixLock::Take(int directory_descriptor, const std::string& directory) {
  // Its own open file description: a lock belongs to that, and the caller's may be shared.
  PosixLock lock(openat(directory_descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (lock.descriptor_ < 0) return SystemError(directory, errno);
  if (flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) {
    return errno == EWOULDBLOCK ? Held(directory) : SystemError(directory, errno);
  }
  return lock;
}

Result<void> PosixLock::Probe(int directory_descriptor, const std::string& directory) {
  const PosixLock shared(openat(directory_descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (shared.descriptor_ < 0) return SystemError(directory, errno);
  if (flock(shared.descriptor_, LOCK_SH | LOCK_NB) != 0) {
    return errno == EWOULDBLOCK ? Held(directory) : SystemError(directory, errno);
  }
  return {};
}

#endif

}  // namespace strata
