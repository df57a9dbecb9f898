#include "camera/live/buffer_mapping.h"

#include <fcntl.h>
#include <linux/dma-buf.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "camera/live/v4l2_device.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

int sync(int file, std::uint64_t flags) noexcept {
  dma_buf_sync request{};
  request.flags = flags | DMA_BUF_SYNC_READ;
  int result;
  do {
    result = ::ioctl(file, DMA_BUF_IOCTL_SYNC, &request);
  } while (result != 0 && (errno == EINTR || errno == EAGAIN));
  return result;
}

class DmaBuffer : public BufferMapping {
 public:
  DmaBuffer(int file, std::size_t offset, std::size_t bytes) : file_(::fcntl(file, F_DUPFD_CLOEXEC, 0)), offset_(offset) {
    if (file_.number() < 0) throw Error(std::string("cannot keep a camera's buffer: ") + std::strerror(errno));
    mapped_bytes_ = offset + bytes;
    mapped_ = ::mmap(nullptr, mapped_bytes_, PROT_READ, MAP_SHARED, file_.number(), 0);
    if (mapped_ == MAP_FAILED) throw Error(std::string("cannot map a camera's buffer: ") + std::strerror(errno));
  }
  DmaBuffer(const DmaBuffer&) = delete;
  DmaBuffer& operator=(const DmaBuffer&) = delete;
  ~DmaBuffer() override { ::munmap(mapped_, mapped_bytes_); }

  const std::byte* pixels() const override { return static_cast<const std::byte*>(mapped_) + offset_; }

  void begin_read() const override {
    if (sync(file_.number(), DMA_BUF_SYNC_START) != 0) throw Error(std::string("cannot read a camera's buffer: ") + std::strerror(errno));
  }
  void end_read() const noexcept override { sync(file_.number(), DMA_BUF_SYNC_END); }

 private:
  FileDescriptor file_;
  std::size_t offset_, mapped_bytes_ = 0;
  void* mapped_ = nullptr;
};

}  // namespace

std::shared_ptr<const BufferMapping> map_dma_buffer(int file, std::size_t offset, std::size_t bytes) {
  return std::make_shared<DmaBuffer>(file, offset, bytes);
}

}  // namespace argent
