#include "camera/live/v4l2_device.h"

#include <fcntl.h>
#include <linux/v4l2-subdev.h>
#include <linux/videodev2.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr std::size_t kMostControls = 8;

/// ioctl that goes on after a signal.
template <class Argument>
int request(int file, unsigned long code, Argument* argument) {
  int result;
  do {
    result = ::ioctl(file, code, argument);
  } while (result < 0 && errno == EINTR);
  return result;
}

[[noreturn]] void fail(const std::filesystem::path& node, const char* what) {
  const int error = errno;
  if (error == ENODEV) throw Error(node.string() + " is gone");
  throw Error(node.string() + ": " + what + ": " + std::strerror(error));
}

}  // namespace

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    if (number_ >= 0) ::close(number_);
    number_ = other.release();
  }
  return *this;
}

FileDescriptor::~FileDescriptor() {
  if (number_ >= 0) ::close(number_);
}

int FileDescriptor::release() { return std::exchange(number_, -1); }

std::string open_failure(const std::filesystem::path& node, int error) {
  std::string text = "cannot open " + node.string() + ": " + std::strerror(error);
  if (error == EACCES || error == EPERM) {
    text += "; cameras belong to group video: `sudo usermod -aG video $USER`, then log in anew";
  } else if (error == EBUSY) {
    text += "; another program uses it";
  }
  return text;
}

V4l2Device::V4l2Device(std::filesystem::path node) : node_(std::move(node)), file_(::open(node_.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK)) {
  if (file_.number() < 0) throw Error(open_failure(node_, errno));
}

std::optional<ControlRange> V4l2Device::range(std::uint32_t id) const {
  v4l2_query_ext_ctrl query{};
  query.id = id;
  if (request(file_.number(), VIDIOC_QUERY_EXT_CTRL, &query) != 0 || (query.flags & V4L2_CTRL_FLAG_DISABLED)) return std::nullopt;
  v4l2_ext_control control{};
  control.id = id;
  v4l2_ext_controls controls{};
  controls.which = V4L2_CTRL_WHICH_CUR_VAL;
  controls.count = 1;
  controls.controls = &control;
  if (request(file_.number(), VIDIOC_G_EXT_CTRLS, &controls) != 0) return std::nullopt;
  const std::int64_t value = query.type == V4L2_CTRL_TYPE_INTEGER64 ? static_cast<std::int64_t>(control.value64) : control.value;
  return ControlRange{query.minimum, query.maximum, static_cast<std::int64_t>(query.step), value};
}

void V4l2Device::set(std::span<V4l2ControlValue> values) {
  if (values.size() > kMostControls) throw Error("too many controls at once");
  std::array<v4l2_ext_control, kMostControls> list{};
  for (std::size_t i = 0; i < values.size(); i++) {
    list[i].id = values[i].id;
    list[i].value = values[i].value;
  }
  v4l2_ext_controls controls{};
  controls.which = V4L2_CTRL_WHICH_CUR_VAL;
  controls.count = static_cast<std::uint32_t>(values.size());
  controls.controls = list.data();
  if (request(file_.number(), VIDIOC_S_EXT_CTRLS, &controls) != 0) fail(node_, "cannot set its controls");
  for (std::size_t i = 0; i < values.size(); i++) values[i].value = list[i].value;
}

bool V4l2Device::subscribe_frame_start() {
  v4l2_event_subscription subscription{};
  subscription.type = V4L2_EVENT_FRAME_SYNC;
  return request(file_.number(), VIDIOC_SUBSCRIBE_EVENT, &subscription) == 0;
}

std::optional<FrameStart> V4l2Device::next_frame_start() {
  v4l2_event event{};
  while (request(file_.number(), VIDIOC_DQEVENT, &event) == 0) {
    if (event.type != V4L2_EVENT_FRAME_SYNC) continue;
    return FrameStart{event.u.frame_sync.frame_sequence, std::int64_t{event.timestamp.tv_sec} * 1'000'000'000 + event.timestamp.tv_nsec};
  }
  if (errno == ENOENT || errno == EAGAIN) return std::nullopt;  // none is waiting
  fail(node_, "cannot read its events");
}

std::optional<std::pair<int, int>> V4l2Device::mode_size() const {
  v4l2_subdev_format format{};
  format.which = V4L2_SUBDEV_FORMAT_ACTIVE;
  if (request(file_.number(), VIDIOC_SUBDEV_G_FMT, &format) != 0) return std::nullopt;
  return std::pair{static_cast<int>(format.format.width), static_cast<int>(format.format.height)};
}

}  // namespace argent
