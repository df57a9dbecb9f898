#include "camera/live/libcamera_device.h"

#include <libcamera/libcamera.h>
#include <libcamera/version.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <utility>

#include "camera/live/buffer_mapping.h"
#include "models/runtime/error.h"

namespace argent {

class LibcameraSession {
 public:
  LibcameraSession() {
    if (const int error = manager.start(); error != 0) throw Error(std::string("libcamera does not start: ") + std::strerror(-error));
  }
  ~LibcameraSession() { manager.stop(); }

  libcamera::CameraManager manager;
};

namespace {

Microseconds steady_now() { return std::chrono::steady_clock::now().time_since_epoch(); }

std::string model_of(const libcamera::Camera& camera) {
  const auto model = camera.properties().get(libcamera::properties::Model);  // a string in 0.0.3, a string_view later
  return model ? std::string(*model) : std::string();
}

std::optional<double> number(const libcamera::ControlValue& value) {
  switch (value.type()) {
    case libcamera::ControlTypeInteger32:
      return value.get<std::int32_t>();
    case libcamera::ControlTypeInteger64:
      return static_cast<double>(value.get<std::int64_t>());
    case libcamera::ControlTypeFloat:
      return value.get<float>();
    default:
      return std::nullopt;
  }
}

/// By hand: 0.0.3's find(id) follows a null pointer where a camera has no controls at all.
const libcamera::ControlInfo* find(const libcamera::ControlInfoMap& map, const libcamera::ControlId& wanted) {
  for (const auto& [id, info] : map) {
    if (id->id() == wanted.id()) return &info;
  }
  return nullptr;
}

std::optional<OfferedRange> range_of(const libcamera::ControlInfoMap& map, const libcamera::ControlId& id) {
  const libcamera::ControlInfo* found = find(map, id);
  if (!found) return std::nullopt;
  const auto min = number(found->min()), max = number(found->max());
  return min && max ? std::optional(OfferedRange{*min, *max}) : std::nullopt;
}

OfferedControls offered_by(const libcamera::Camera& camera) {
  namespace controls = libcamera::controls;
  const libcamera::ControlInfoMap& map = camera.controls();
  OfferedControls offered;
  offered.ae_enable = find(map, controls::AeEnable) != nullptr;
  offered.af_mode = find(map, controls::AfMode) != nullptr;
  offered.exposure_time = range_of(map, controls::ExposureTime);
  offered.analogue_gain = range_of(map, controls::AnalogueGain);
  offered.lens_position = range_of(map, controls::LensPosition);
  offered.frame_duration = range_of(map, controls::FrameDurationLimits);
  return offered;
}

void fill(libcamera::ControlList& list, const RequestControls& wanted, bool af_mode) {
  namespace controls = libcamera::controls;
  if (wanted.ae_enable) list.set(controls::AeEnable, *wanted.ae_enable);
  if (wanted.exposure_time) list.set(controls::ExposureTime, static_cast<std::int32_t>(wanted.exposure_time->count()));
  if (wanted.analogue_gain) list.set(controls::AnalogueGain, *wanted.analogue_gain);
  if (wanted.lens_position) {
    if (af_mode) list.set(controls::AfMode, static_cast<std::int32_t>(controls::AfModeManual));
    list.set(controls::LensPosition, *wanted.lens_position);
  }
  if (wanted.frame_duration_limits) {
    const std::array<std::int64_t, 2> limits{static_cast<std::int64_t>(wanted.frame_duration_limits->first.count()),
                                             static_cast<std::int64_t>(wanted.frame_duration_limits->second.count())};
    list.set(controls::FrameDurationLimits, libcamera::Span<const std::int64_t, 2>(limits));
  }
}

RequestMetadata read(const libcamera::ControlList& list) {
  namespace controls = libcamera::controls;
  RequestMetadata metadata;
  if (const auto value = list.get(controls::ExposureTime)) metadata.exposure_time = Microseconds(*value);
  if (const auto value = list.get(controls::AnalogueGain)) metadata.analogue_gain = *value;
  if (const auto value = list.get(controls::LensPosition)) metadata.lens_position = *value;
  if (const auto value = list.get(controls::FrameDuration)) metadata.frame_duration = Microseconds(static_cast<double>(*value));
  if (const auto value = list.get(controls::SensorTimestamp)) metadata.sensor_timestamp = Microseconds(1e-3 * static_cast<double>(*value));
  if (const auto value = list.get(controls::SensorBlackLevels)) {
    metadata.black_levels.emplace();
    std::copy(value->begin(), value->end(), metadata.black_levels->begin());
  }
  return metadata;
}

std::shared_ptr<libcamera::Camera> find_camera(LibcameraSession& session, const std::string& id) {
  std::string names;
  for (const auto& camera : session.manager.cameras()) {
    if (camera->id() == id) return camera;
    names += (names.empty() ? "\"" : ", \"") + camera->id() + "\"";
  }
  throw Error("there is no camera \"" + id + "\"; " +
              (names.empty() ? "libcamera finds none: `argent list` says why" : "there is " + names));
}

void acquire(libcamera::Camera& camera) {
  const int error = camera.acquire();
  if (error == -EBUSY) throw Error("camera \"" + camera.id() + "\" is in use by another program");
  if (error != 0) throw Error("cannot take camera \"" + camera.id() + "\": " + std::strerror(-error));
}

std::unique_ptr<libcamera::CameraConfiguration> raw_configuration(libcamera::Camera& camera) {
  auto configuration = camera.generateConfiguration({libcamera::StreamRole::Raw});
  if (!configuration || configuration->empty()) throw Error("camera \"" + camera.id() + "\" has no RAW stream");
  return configuration;
}

std::vector<RawMode> modes_of(const libcamera::StreamConfiguration& stream) {
  std::vector<RawMode> modes;
  for (const libcamera::PixelFormat& format : stream.formats().pixelformats()) {
    RawMode mode{format.toString(), {}};
    for (const libcamera::Size& size : stream.formats().sizes(format)) {
      mode.sizes.push_back({static_cast<int>(size.width), static_cast<int>(size.height)});
    }
    modes.push_back(std::move(mode));
  }
  return modes;
}

std::string text_of(Size size) { return std::to_string(size.width) + "x" + std::to_string(size.height); }

/// Unpacked before packed, then by bits.
int worth(const std::string& format) {
  try {
    const RawLayout layout = raw_layout(format);
    return layout.bits + (layout.packed ? 0 : 100);
  } catch (const Error&) {
    return -1;  // not RAW, or not to be read
  }
}

const RawMode& chosen_mode(const std::vector<RawMode>& modes, const std::string& format, const std::string& camera_id) {
  std::string names;
  const RawMode* best = nullptr;
  for (const RawMode& mode : modes) {
    if (mode.format == format) return mode;
    names += (names.empty() ? "" : ", ") + mode.format;
    if (worth(mode.format) >= 0 && (!best || worth(mode.format) > worth(best->format))) best = &mode;
  }
  if (!format.empty()) throw Error("camera \"" + camera_id + "\" has no format " + format + ", it has " + names);
  if (!best) throw Error("camera \"" + camera_id + "\" has no RAW format that can be read, it has " + names);
  return *best;
}

class LibcameraDevice : public CaptureDevice {
 public:
  LibcameraDevice(const std::string& camera_id, const StreamRequest& request);
  ~LibcameraDevice() override;

  const CaptureStream& stream() const override { return stream_; }
  std::shared_ptr<const BufferMapping> mapping(std::size_t buffer) const override { return mappings_.at(buffer); }
  void start(const RequestControls& controls) override;
  void stop() noexcept override;
  void abandon() noexcept override { lose(); }
  void queue(std::size_t buffer, const RequestControls& controls) override;
  std::optional<CompletedBuffer> wait(std::chrono::milliseconds longest) override;
  std::size_t waiting() const override {
    const std::lock_guard lock(mutex_);
    return completed_.size();
  }

 private:
  void configure(const StreamRequest& request);
  void allocate();
  void complete(libcamera::Request* request);
  void lose() noexcept;
  void close() noexcept;

  std::shared_ptr<LibcameraSession> session_;
  std::shared_ptr<libcamera::Camera> camera_;
  std::unique_ptr<libcamera::CameraConfiguration> configuration_;
  std::unique_ptr<libcamera::FrameBufferAllocator> allocator_;
  std::vector<std::unique_ptr<libcamera::Request>> requests_;
  std::vector<std::shared_ptr<const BufferMapping>> mappings_;
  libcamera::Stream* source_ = nullptr;
  CaptureStream stream_;

  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<CompletedBuffer> completed_;
  bool gone_ = false;
  std::atomic<bool> running_ = false;
};

LibcameraDevice::LibcameraDevice(const std::string& camera_id, const StreamRequest& request)
    : session_(libcamera_session()), camera_(find_camera(*session_, camera_id)) {
  acquire(*camera_);
  try {
    configure(request);
    allocate();
  } catch (...) {
    close();
    throw;
  }
  camera_->requestCompleted.connect(this, &LibcameraDevice::complete);
  camera_->disconnected.connect(this, &LibcameraDevice::lose);
}

void LibcameraDevice::configure(const StreamRequest& request) {
  configuration_ = raw_configuration(*camera_);
  libcamera::StreamConfiguration& stream = configuration_->at(0);
  const RawMode mode = chosen_mode(modes_of(stream), request.format, camera_->id());
  stream.pixelFormat = libcamera::PixelFormat::fromString(mode.format);
  Size size = request.size.value_or(Size());
  if (!request.size) {
    for (const Size& one : mode.sizes) size = one.width > size.width ? one : size;
  }
  stream.size = {static_cast<unsigned>(size.width), static_cast<unsigned>(size.height)};
  stream.bufferCount = static_cast<unsigned>(request.buffers);
  if (configuration_->validate() == libcamera::CameraConfiguration::Invalid) {
    throw Error("camera \"" + camera_->id() + "\" refuses " + mode.format + " of " + text_of(size));
  }
  const Size got{static_cast<int>(stream.size.width), static_cast<int>(stream.size.height)};
  if (got != size) {
    std::string sizes;
    for (const Size& one : mode.sizes) sizes += (sizes.empty() ? "" : ", ") + text_of(one);
    throw Error("camera \"" + camera_->id() + "\" has no size " + text_of(size) + " in " + mode.format + ", it has " + sizes);
  }
  if (const int error = camera_->configure(configuration_.get()); error != 0) {
    throw Error("cannot configure camera \"" + camera_->id() + "\": " + std::strerror(-error));
  }
  source_ = stream.stream();
  stream_ = {camera_->id(), model_of(*camera_), stream.pixelFormat.toString(), got, stream.stride, 0, offered_by(*camera_)};
}

void LibcameraDevice::allocate() {
  const RawLayout layout = raw_layout(stream_.format);  // of what came, not of what was asked
  const std::size_t least_stride = row_bytes(layout, stream_.size.width);
  if (stream_.stride_bytes < least_stride || stream_.size.height < 1) {
    throw Error("camera \"" + stream_.camera_id + "\" tells rows of " + std::to_string(stream_.stride_bytes) +
                " bytes, expected at least " + std::to_string(least_stride));
  }
  allocator_ = std::make_unique<libcamera::FrameBufferAllocator>(camera_);
  if (const int count = allocator_->allocate(source_); count < 1) {
    throw Error("cannot allocate buffers of camera \"" + stream_.camera_id + "\": " + std::strerror(-count));
  }
  const std::size_t needed = stream_.stride_bytes * static_cast<std::size_t>(stream_.size.height - 1) + least_stride;
  for (const auto& buffer : allocator_->buffers(source_)) {
    const libcamera::FrameBuffer::Plane& plane = buffer->planes().front();
    if (plane.length < needed) {
      throw Error("a buffer of camera \"" + stream_.camera_id + "\" has " + std::to_string(plane.length) + " bytes, expected " +
                  std::to_string(needed));
    }
    const std::size_t offset = plane.offset == libcamera::FrameBuffer::Plane::kInvalidOffset ? 0 : plane.offset;
    mappings_.push_back(map_dma_buffer(plane.fd.get(), offset, plane.length));
    auto request = camera_->createRequest(requests_.size());
    if (!request || request->addBuffer(source_, buffer.get()) != 0)
      throw Error("cannot make a request of camera \"" + stream_.camera_id + "\"");
    requests_.push_back(std::move(request));
  }
  stream_.buffers = requests_.size();
}

/// In this order, or libcamera complains: requests, allocator and configuration hold on to the camera.
void LibcameraDevice::close() noexcept {
  requests_.clear();
  if (allocator_ && source_) allocator_->free(source_);
  allocator_.reset();
  configuration_.reset();
  camera_->release();
  camera_.reset();
  session_.reset();
}

LibcameraDevice::~LibcameraDevice() {
  stop();
  camera_->requestCompleted.disconnect(this);
  camera_->disconnected.disconnect(this);
  close();
}

void LibcameraDevice::start(const RequestControls& controls) {
  if (const int error = camera_->start(); error != 0) {
    throw Error("cannot start camera \"" + stream_.camera_id + "\": " + std::strerror(-error));
  }
  running_ = true;
  for (std::size_t i = 0; i < requests_.size(); i++) {
    fill(requests_[i]->controls(), controls, stream_.offered.af_mode);
    if (camera_->queueRequest(requests_[i].get()) != 0) throw Error("camera \"" + stream_.camera_id + "\" takes no requests");
  }
}

void LibcameraDevice::stop() noexcept {
  if (running_.exchange(false)) camera_->stop();
}

void LibcameraDevice::queue(std::size_t buffer, const RequestControls& controls) {
  if (!running_) return;
  libcamera::Request& request = *requests_.at(buffer);
  request.reuse(libcamera::Request::ReuseBuffers);
  fill(request.controls(), controls, stream_.offered.af_mode);
  if (camera_->queueRequest(&request) == -ENODEV) lose();
}

void LibcameraDevice::complete(libcamera::Request* request) {
  if (request->status() == libcamera::Request::RequestCancelled) return;
  const libcamera::FrameMetadata& frame = request->buffers().begin()->second->metadata();
  CompletedBuffer done;
  done.buffer = static_cast<std::size_t>(request->cookie());
  done.good = frame.status == libcamera::FrameMetadata::FrameSuccess;
  done.sequence = frame.sequence;
  done.completed = steady_now();
  done.metadata = read(request->metadata());
  done.timestamp = done.metadata.sensor_timestamp.value_or(Microseconds(1e-3 * static_cast<double>(frame.timestamp)));
  {
    const std::lock_guard lock(mutex_);
    completed_.push_back(std::move(done));
  }
  arrived_.notify_one();
}

/// Without Camera::stop(): 0.0.3 aborts in it when the device is gone, and a disconnected camera counts as stopped.
void LibcameraDevice::lose() noexcept {
  running_ = false;
  {
    const std::lock_guard lock(mutex_);
    gone_ = true;
  }
  arrived_.notify_one();
}

std::optional<CompletedBuffer> LibcameraDevice::wait(std::chrono::milliseconds longest) {
  std::unique_lock lock(mutex_);
  arrived_.wait_for(lock, longest, [&] { return gone_ || !completed_.empty(); });
  if (gone_) throw Error("camera \"" + stream_.camera_id + "\" was disconnected");
  if (completed_.empty()) return std::nullopt;
  CompletedBuffer done = std::move(completed_.front());
  completed_.pop_front();
  return done;
}

}  // namespace

std::shared_ptr<LibcameraSession> libcamera_session() {
  // libcamera aborts when a process has two managers, and one that lived on would miss cameras that came without udev.
  static std::mutex mutex;
  static std::weak_ptr<LibcameraSession> shared;
  const std::lock_guard lock(mutex);
  std::shared_ptr<LibcameraSession> session = shared.lock();
  if (!session) shared = session = std::make_shared<LibcameraSession>();
  return session;
}

std::vector<ListedCamera> listed_cameras(LibcameraSession& session) {
  std::vector<ListedCamera> list;
  for (const auto& camera : session.manager.cameras()) {
    ListedCamera listed{camera->id(), model_of(*camera), offered_by(*camera), {}};
    for (const auto& [id, info] : camera->controls()) listed.controls.push_back(id->name() + " " + info.toString());
    std::sort(listed.controls.begin(), listed.controls.end());
    list.push_back(std::move(listed));
  }
  return list;
}

std::vector<RawMode> raw_modes(LibcameraSession& session, const std::string& camera_id) {
  const std::shared_ptr<libcamera::Camera> camera = find_camera(session, camera_id);
  acquire(*camera);
  std::vector<RawMode> modes;
  try {
    modes = modes_of(raw_configuration(*camera)->at(0));
  } catch (...) {
    camera->release();
    throw;
  }
  camera->release();
  return modes;
}

std::string libcamera_version() { return libcamera::CameraManager::version(); }

std::unique_ptr<CaptureDevice> open_libcamera(const std::string& camera_id, const StreamRequest& request) {
  return std::make_unique<LibcameraDevice>(camera_id, request);
}

}  // namespace argent
