#include "camera/live/live_camera.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <mutex>
#include <utility>

#include "camera/live/camera_list.h"
#include "camera/live/libcamera_device.h"
#include "isp/packed_codes.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

using namespace std::chrono_literals;

constexpr auto kGlance = 200ms;               // between looks at whether the sensor is still there
constexpr Microseconds kPatience{5'000'000};  // without a frame, beyond the longest frame
constexpr float kUsualBlack = 4096;           // of 65536: most sensors'

/// Where a frame's buffer goes when it is dropped: back to the camera, as long as that is open.
struct Returns {
  std::mutex mutex;
  CaptureDevice* device = nullptr;  ///< nullptr: closed
  SensorControl* control = nullptr;

  void give_back(std::size_t buffer) {
    const std::lock_guard lock(mutex);
    if (device) device->queue(buffer, control->request_controls());
  }
};

/// Read between construction and destruction.
class Lease {
 public:
  Lease(std::shared_ptr<Returns> returns, std::shared_ptr<const BufferMapping> mapping, std::size_t buffer)
      : returns_(std::move(returns)), mapping_(std::move(mapping)), buffer_(buffer) {
    mapping_->begin_read();
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() {
    mapping_->end_read();
    returns_->give_back(buffer_);
  }

  const std::byte* pixels() const { return mapping_->pixels(); }

 private:
  std::shared_ptr<Returns> returns_;
  std::shared_ptr<const BufferMapping> mapping_;
  std::size_t buffer_;
};

std::string resolve_id(LibcameraSession& session, const std::string& wanted) {
  const std::vector<ListedCamera> cameras = listed_cameras(session);
  std::vector<std::string> fitting;
  std::string all;
  for (const ListedCamera& camera : cameras) {
    if (camera.id == wanted) return wanted;
    if (wanted.empty() || camera.id.starts_with(wanted) || camera.model == wanted) fitting.push_back(camera.id);
    all += (all.empty() ? "\"" : ", \"") + camera.id + "\"";
  }
  if (fitting.size() == 1) return fitting[0];
  const std::string which = wanted.empty() ? "a camera" : "camera \"" + wanted + "\"";
  if (cameras.empty()) {
    const std::vector<std::string> troubles = machine_troubles(read_media_graph(), cameras);
    throw Error("there is no camera: " + (troubles.empty() ? "libcamera finds none" : troubles.front()));
  }
  throw Error((fitting.empty() ? "there is no " + which.substr(wanted.empty() ? 2 : 0) : which + " is more than one") + ", there is " +
              all);
}

std::unique_ptr<SensorControl> make_control(const CaptureDevice& device, const LiveCameraOptions& options) {
  const CaptureStream& stream = device.stream();
  const bool metadata =
      options.control == ControlWay::kMetadata || (options.control == ControlWay::kAuto && stream.offered.exposure_time.has_value());
  if (metadata) return std::make_unique<MetadataControl>(stream.offered, options.frames, options.start);
  const auto nodes = find_sensor_nodes(read_media_graph(), stream.camera_id, stream.model);
  if (!nodes) {
    throw Error("camera \"" + stream.camera_id + "\" offers no ExposureTime, and no sub-device of its sensor is found: it can't be driven");
  }
  SubdeviceOptions subdevice;
  subdevice.frames = options.frames;
  subdevice.lens = options.lens;
  subdevice.delays = options.delays;
  subdevice.gains = options.gains;
  return make_subdevice_control(*nodes, stream.model, subdevice, options.start);
}

std::unique_ptr<CaptureDevice> open_device(const LiveCameraOptions& options) {
  const auto session = libcamera_session();  // kept, so that its list is made once
  return open_libcamera(resolve_id(*session, options.id), {options.size, options.format, 4});
}

}  // namespace

struct LiveCamera::State {
  State(std::unique_ptr<CaptureDevice> opened, std::unique_ptr<SensorControl> chosen, const LiveCameraOptions& chosen_options);
  ~State();

  void describe_sensor();
  void set_black(float of_16_bits);
  CompletedBuffer wait();
  std::pair<CompletedBuffer, ShownSettings> next_good();
  RawFrame frame_of(const CompletedBuffer& done, const ShownSettings& shown);
  void count_missed(std::uint64_t sequence);
  template <class F>
  auto driven(F&& use);

  LiveCameraOptions options;
  std::unique_ptr<CaptureDevice> device;
  std::unique_ptr<SensorControl> control;
  RawLayout layout;
  std::optional<PackedFormat> packed;  ///< how the codes of a buffer lie; absent: in 2 bytes each
  SensorInfo sensor;
  std::shared_ptr<Returns> returns = std::make_shared<Returns>();
  std::optional<std::uint64_t> last_sequence;
  LiveCounts counts;
  int bracket_step = -1;
  std::optional<Microseconds> completed;  ///< of the frame that was given last
  bool black_known = false;
  std::vector<std::string> notes;
  std::string gone;  ///< why the sensor can't be driven any more; empty: it can
};

/// Whatever asks the sensor or its lens for something. One that fails is gone for good, whoever met it first: nothing is asked of the
/// device then, and next() says why.
template <class F>
auto LiveCamera::State::driven(F&& use) {
  try {
    return use();
  } catch (const Error& error) {
    gone = error.what();
    device->abandon();
    throw;
  }
}

LiveCamera::State::State(std::unique_ptr<CaptureDevice> opened, std::unique_ptr<SensorControl> chosen,
                         const LiveCameraOptions& chosen_options)
    : options(chosen_options), device(std::move(opened)), control(std::move(chosen)) {
  layout = raw_layout(device->stream().format);
  if (layout.packed || layout.bits == 8) packed = packed_format_of(layout.bits);
  if (!packed && device->stream().stride_bytes % 2 != 0) {
    throw Error("camera \"" + device->stream().camera_id + "\" tells rows of " + std::to_string(device->stream().stride_bytes) +
                " bytes, expected whole codes of 2 bytes");
  }
  describe_sensor();
  control->started();  // who follows the frames' starts is there before the first one
  returns->device = device.get();
  returns->control = control.get();
  device->start(control->request_controls());
}

LiveCamera::State::~State() {
  {
    const std::lock_guard lock(returns->mutex);
    returns->device = nullptr;
  }
  device->stop();
  control->stopped();
}

void LiveCamera::State::describe_sensor() {
  const CaptureStream& stream = device->stream();
  sensor.model = stream.model;
  sensor.active = stream.size;
  sensor.cfa = layout.cfa;
  sensor.bits = layout.bits;
  sensor.white.fill(static_cast<float>((1 << layout.bits) - 1));
  const SensorFacts* facts = find_sensor(stream.model);
  black_known = options.black || (facts && facts->black > 0);
  set_black(options.black ? *options.black : black_known ? static_cast<float>(facts->black) : kUsualBlack);
  if (!black_known) notes.push_back("the black level of sensor " + stream.model + " is not known: taken for the usual 1/16 of the codes");
}

void LiveCamera::State::set_black(float of_16_bits) { sensor.black.fill(of_16_bits / static_cast<float>(1 << (16 - layout.bits))); }

CompletedBuffer LiveCamera::State::wait() {
  if (!gone.empty()) throw Error(gone);
  const Microseconds patience = kPatience + control->limits().longest_frame;
  const auto end = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < end) {
    if (auto done = device->wait(kGlance)) return std::move(*done);
    driven([&] { control->check(); });
  }
  throw Error("camera \"" + device->stream().camera_id + "\" has given no frame for " +
              std::to_string(std::lround(1e-6 * patience.count())) + " s");
}

void LiveCamera::State::count_missed(std::uint64_t sequence) {
  if (last_sequence && sequence > *last_sequence) counts.missed += sequence - *last_sequence - 1;
  last_sequence = sequence;
}

std::pair<CompletedBuffer, ShownSettings> LiveCamera::State::next_good() {
  while (true) {
    CompletedBuffer done = wait();
    count_missed(done.sequence);
    std::optional<ShownSettings> shown;
    if (done.good) shown = driven([&] { return control->shown(done); });
    const bool late = shown && options.delivery == Delivery::kNewest && shown->bracket_step < 0 && device->waiting() > 0;
    if (shown && !late) return {std::move(done), *shown};
    (late ? counts.dropped : done.good ? counts.unknown : counts.broken)++;
    returns->give_back(done.buffer);
  }
}

RawFrame LiveCamera::State::frame_of(const CompletedBuffer& done, const ShownSettings& shown) {
  const std::size_t stride = device->stream().stride_bytes;
  auto lease = std::make_shared<const Lease>(returns, device->mapping(done.buffer), done.buffer);
  if (done.metadata.black_levels && !options.black) {
    for (std::size_t i = 0; i < 4; i++) sensor.black[i] = (*done.metadata.black_levels)[i] / static_cast<float>(1 << (16 - layout.bits));
  }
  RawFrame frame;
  frame.sensor = sensor;
  if (packed) {
    frame.packed = {*packed, reinterpret_cast<const std::uint8_t*>(lease->pixels()), static_cast<std::ptrdiff_t>(stride)};
  } else {
    frame.data = reinterpret_cast<const std::uint16_t*>(lease->pixels());
    frame.stride = static_cast<std::ptrdiff_t>(stride / 2);
  }
  frame.lease = std::move(lease);
  frame.applied.settings = shown.settings;
  frame.applied.timestamp = done.timestamp;
  frame.applied.frame_duration = shown.frame_duration;
  frame.applied.line_time = shown.line_time;
  frame.applied.sequence = done.sequence;
  frame.applied.decision = shown.decision;
  return frame;
}

LiveCamera::LiveCamera(const LiveCameraOptions& options) {
  auto device = open_device(options);
  auto control = make_control(*device, options);
  state_ = std::make_unique<State>(std::move(device), std::move(control), options);
}

LiveCamera::LiveCamera(std::unique_ptr<CaptureDevice> device, std::unique_ptr<SensorControl> control, const LiveCameraOptions& options)
    : state_(std::make_unique<State>(std::move(device), std::move(control), options)) {}

LiveCamera::~LiveCamera() = default;

std::optional<RawFrame> LiveCamera::next() {
  const auto [done, shown] = state_->next_good();
  state_->bracket_step = shown.bracket_step;
  state_->completed = done.completed;
  state_->counts.delivered++;
  return state_->frame_of(done, shown);
}

bool LiveCamera::skip() {
  const auto [done, shown] = state_->next_good();
  state_->bracket_step = shown.bracket_step;
  state_->counts.dropped++;
  state_->returns->give_back(done.buffer);
  return true;
}

void LiveCamera::apply(const SensorSettings& settings) {
  state_->driven([&] { state_->control->ask(settings); });
}
void LiveCamera::apply_bracket(std::span<const SensorSettings> steps) {
  state_->driven([&] { state_->control->ask_bracket(steps); });
}
int LiveCamera::bracket_step() const { return state_->bracket_step; }

std::optional<std::chrono::steady_clock::time_point> LiveCamera::ready() const {
  using Clock = std::chrono::steady_clock;  // CLOCK_MONOTONIC
  if (!state_->completed) return std::nullopt;
  return Clock::time_point(std::chrono::duration_cast<Clock::duration>(*state_->completed));
}

const SensorInfo& LiveCamera::sensor() const { return state_->sensor; }
const CaptureStream& LiveCamera::stream() const { return state_->device->stream(); }
const SensorLimits& LiveCamera::limits() const { return state_->control->limits(); }
const LiveCounts& LiveCamera::counts() const { return state_->counts; }
std::string LiveCamera::control_name() const { return state_->control->name(); }

std::vector<std::string> LiveCamera::notes() const {
  std::vector<std::string> notes = state_->control->notes();
  notes.insert(notes.end(), state_->notes.begin(), state_->notes.end());
  return notes;
}

}  // namespace argent
