#include "tests/live_vm/virtual_sensor.h"

#include <fcntl.h>
#include <linux/v4l2-subdev.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace argent {
namespace {

template <class Argument>
void request(int device, unsigned long code, Argument* argument, const char* name) {
  if (ioctl(device, code, argument) == 0) return;
  if (errno == ENODEV) throw Unplugged(std::string(name) + ": no such device any more");
  throw std::runtime_error(std::string(name) + ": " + std::strerror(errno));
}

int open_device(const char* path) {
  const int device = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
  if (device < 0) throw std::runtime_error(std::string(path) + ": " + std::strerror(errno));
  return device;
}

void set_control(int device, std::uint32_t id, int value) {
  v4l2_control control{.id = id, .value = value};
  request(device, VIDIOC_S_CTRL, &control, "VIDIOC_S_CTRL");
}

v4l2_buffer buffer_of(std::uint32_t index) {
  v4l2_buffer buffer{};
  buffer.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
  buffer.memory = V4L2_MEMORY_MMAP;
  buffer.index = index;
  return buffer;
}

void set_formats(int video, int sensor) {
  v4l2_subdev_format pad{};
  pad.which = V4L2_SUBDEV_FORMAT_ACTIVE;
  pad.format.width = VirtualSensor::kWidth;
  pad.format.height = VirtualSensor::kHeight;
  pad.format.code = MEDIA_BUS_FMT_SRGGB10_1X10;
  request(sensor, VIDIOC_SUBDEV_S_FMT, &pad, "VIDIOC_SUBDEV_S_FMT");
  v4l2_format format{};
  format.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
  format.fmt.pix.width = VirtualSensor::kWidth;
  format.fmt.pix.height = VirtualSensor::kHeight;
  format.fmt.pix.pixelformat = V4L2_PIX_FMT_SRGGB10;
  request(video, VIDIOC_S_FMT, &format, "VIDIOC_S_FMT");
  if (format.fmt.pix.bytesperline != VirtualSensor::kWidth * 2) throw std::runtime_error("rows are padded: leave vcam.stride_align alone");
}

}  // namespace

SensorStamp VirtualSensor::Frame::stamp() const {
  const auto value = [this](int i) { return std::uint32_t(codes[2 * i] | codes[2 * i + 1] << 8); };
  return {value(0), value(1), value(2), value(3), value(4)};
}

VirtualSensor::VirtualSensor()
    : video_(open_device("/dev/video0")), sensor_(open_device("/dev/v4l-subdev0")), lens_(open_device("/dev/v4l-subdev1")) {
  set_formats(video_, sensor_);
  v4l2_requestbuffers wanted{};
  wanted.count = std::uint32_t(buffers_.size());
  wanted.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
  wanted.memory = V4L2_MEMORY_MMAP;
  request(video_, VIDIOC_REQBUFS, &wanted, "VIDIOC_REQBUFS");
  for (std::uint32_t i = 0; i < buffers_.size(); ++i) {
    v4l2_buffer buffer = buffer_of(i);
    request(video_, VIDIOC_QUERYBUF, &buffer, "VIDIOC_QUERYBUF");
    void* memory = mmap(nullptr, buffer.length, PROT_READ | PROT_WRITE, MAP_SHARED, video_, buffer.m.offset);
    if (memory == MAP_FAILED) throw std::runtime_error(std::string("mmap: ") + std::strerror(errno));
    buffers_[i] = {static_cast<std::uint16_t*>(memory), buffer.length / 2};
    request(video_, VIDIOC_QBUF, &buffer, "VIDIOC_QBUF");
  }
  int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
  request(video_, VIDIOC_STREAMON, &type, "VIDIOC_STREAMON");
}

VirtualSensor::~VirtualSensor() {
  for (const auto& buffer : buffers_) munmap(buffer.data(), buffer.size_bytes());
  for (const int device : {video_, sensor_, lens_}) close(device);  // closing the node stops the stream
}

VirtualSensor::Frame VirtualSensor::next() {
  if (held_ >= 0) {
    v4l2_buffer buffer = buffer_of(std::uint32_t(held_));
    held_ = -1;
    request(video_, VIDIOC_QBUF, &buffer, "VIDIOC_QBUF");
  }
  pollfd ready{.fd = video_, .events = POLLIN, .revents = 0};
  if (poll(&ready, 1, 10'000) <= 0) throw std::runtime_error("no frame in 10 s");
  v4l2_buffer buffer = buffer_of(0);
  request(video_, VIDIOC_DQBUF, &buffer, "VIDIOC_DQBUF");
  held_ = int(buffer.index);
  return {buffer.sequence, (buffer.flags & V4L2_BUF_FLAG_ERROR) != 0, buffers_[buffer.index].first(kWidth * kHeight)};
}

VirtualSensor::Frame VirtualSensor::skip(int frames) {
  for (; frames > 1; --frames) next();
  return next();
}

void VirtualSensor::expose(int lines, int analogue_gain) {
  set_control(sensor_, V4L2_CID_EXPOSURE, lines);
  set_control(sensor_, V4L2_CID_ANALOGUE_GAIN, analogue_gain);
}

void VirtualSensor::focus(int code) { set_control(lens_, V4L2_CID_FOCUS_ABSOLUTE, code); }

void write_sysfs(const std::string& path, const std::string& value) {
  std::ofstream file(path);
  file << value << std::flush;
  if (!file) throw std::runtime_error(path + ": cannot write \"" + value + "\"");
}

void set_parameter(const std::string& name, int value) { write_sysfs("/sys/module/vcam/parameters/" + name, std::to_string(value)); }

}  // namespace argent
