#include "samples/live/output_stream.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "models/runtime/error.h"

namespace argent {

OutputStream::OutputStream(const std::string& path, Overwrite overwrite, std::function<void()> reader_gone)
    : name_(path == kStdout ? "stdout" : path), reader_gone_(std::move(reader_gone)) {
  if (path != kStdout) file_.emplace(path, overwrite);
}

void OutputStream::write(const void* bytes, std::size_t size) {
  if (file_) {
    if (!file_->write(bytes, size)) file_->check();
    return;
  }
  const auto* next = static_cast<const char*>(bytes);
  while (size > 0) {
    const ssize_t written = ::write(STDOUT_FILENO, next, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EPIPE) return reader_gone_();
    if (written < 0) throw Error(std::string("stdout: ") + std::strerror(errno));
    next += written;
    size -= static_cast<std::size_t>(written);
  }
}

void OutputStream::finish() {
  if (!file_) return;
  file_->check();
  file_->commit();
}

}  // namespace argent
