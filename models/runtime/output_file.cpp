#include "models/runtime/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

#include "models/runtime/error.h"

namespace argent {
namespace fs = std::filesystem;
namespace {

std::string message_of(int error) {
  if (error == EEXIST) return "exists already";
  if (error == ENOENT) return "the folder does not exist";
  std::string message = std::generic_category().message(error);
  if (!message.empty()) message[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(message[0])));
  return message;
}

/// Where the bytes are to lie: behind a link, so that the link stays one.
fs::path target_of(const fs::path& path) {
  std::error_code error;
  if (!fs::is_symlink(path, error)) return path;
  const fs::path target = fs::canonical(path, error);
  return error ? path : target;
}

/// Renames unless there is something of that name; 0 or errno. Not every file system knows renameat2 with its flag, nor links.
int rename_to_free_name(const char* from, const char* to) {
#ifdef RENAME_NOREPLACE
  if (::renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
#endif
  if (::link(from, to) == 0) {
    ::unlink(from);
    return 0;
  }
  if (errno != EPERM && errno != ENOTSUP && errno != ENOSYS && errno != EMLINK) return errno;
  struct stat status;
  if (::lstat(to, &status) == 0) return EEXIST;
  return ::rename(from, to) == 0 ? 0 : errno;
}

}  // namespace

OutputFile::OutputFile(const fs::path& path, Overwrite overwrite) : path_(path), overwrite_(overwrite) {
  if (path.filename().empty() || path.filename() == "." || path.filename() == "..")
    throw Error(path.string() + ": is not a name of a file");
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (fs::is_directory(status)) throw Error(path.string() + ": is a folder");
  if (overwrite == Overwrite::kNo && fs::exists(fs::symlink_status(path, error))) fail(EEXIST);
  if (fs::exists(status) && !fs::is_regular_file(status)) throw Error(path.string() + ": exists and is not a plain file");

  // The name is short whatever the target's, and no other OutputFile's: of all that are alive only this one has this address.
  const fs::path folder = target_of(path).parent_path();
  const std::string name =
      ".argent-" + std::to_string(::getpid()) + "-" + std::to_string(reinterpret_cast<std::uintptr_t>(this) & 0xffffffffU) + "-";
  for (int attempt = 0; descriptor_ < 0; attempt++) {
    temporary_ = folder / (name + std::to_string(attempt));
    descriptor_ = ::open(temporary_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor_ < 0 && (errno != EEXIST || attempt == 1000)) fail(errno);
  }
}

OutputFile::~OutputFile() {
  close();
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

bool OutputFile::write(const void* bytes, std::size_t size) noexcept {
  const auto* next = static_cast<const char*>(bytes);
  while (error_ == 0 && size > 0) {
    const ssize_t written = ::write(descriptor_, next, size);
    if (written < 0 && errno != EINTR) error_ = errno;
    if (written == 0) error_ = ENOSPC;
    if (written <= 0) continue;
    next += written;
    size -= static_cast<std::size_t>(written);
  }
  return error_ == 0;
}

std::ptrdiff_t OutputFile::read(void* bytes, std::size_t size) noexcept {
  auto* next = static_cast<char*>(bytes);
  std::ptrdiff_t total = 0;
  while (error_ == 0 && size > 0) {
    const ssize_t got = ::read(descriptor_, next, size);
    if (got < 0 && errno != EINTR) error_ = errno;
    if (got == 0) break;
    if (got < 0) continue;
    next += got;
    total += got;
    size -= static_cast<std::size_t>(got);
  }
  return error_ == 0 ? total : -1;
}

std::int64_t OutputFile::seek(std::int64_t offset, int whence) noexcept {
  const off_t position = ::lseek(descriptor_, offset, whence);
  if (position < 0 && error_ == 0) error_ = errno;
  return position;
}

std::int64_t OutputFile::size() const noexcept {
  struct stat status;
  return ::fstat(descriptor_, &status) == 0 ? status.st_size : 0;
}

void OutputFile::check() const {
  if (error_ != 0) fail(error_);
}

void OutputFile::commit() {
  close();  // some file systems find out only now that the disk is full
  check();
  const fs::path target = overwrite_ == Overwrite::kYes ? target_of(path_) : path_;
  const int error = overwrite_ == Overwrite::kYes ? (::rename(temporary_.c_str(), target.c_str()) == 0 ? 0 : errno)
                                                  : rename_to_free_name(temporary_.c_str(), target.c_str());
  if (error != 0) fail(error);
  temporary_.clear();
}

void OutputFile::fail(int error) const {
  throw Error(path_.string() + ": " + message_of(error) + (error == EEXIST ? " and is not to be overwritten" : ""));
}

void OutputFile::close() noexcept {
  if (descriptor_ >= 0 && ::close(descriptor_) != 0 && error_ == 0) error_ = errno;
  descriptor_ = -1;
}

void write_file(const fs::path& path, std::string_view bytes, Overwrite overwrite) {
  OutputFile file(path, overwrite);
  file.write(bytes.data(), bytes.size());
  file.check();
  file.commit();
}

}  // namespace argent
