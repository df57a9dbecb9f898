#include "camera/live/camera_list.h"

#include <fcntl.h>
#include <linux/media.h>
#include <linux/videodev2.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "camera/live/v4l2_device.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

bool starts_with_any(const std::string& name) { return name.starts_with("video") || name.starts_with("v4l-subdev"); }

/// Nodes that this user may not open, by name.
std::vector<fs::path> forbidden_nodes() {
  std::vector<fs::path> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/dev", error)) {
    if (!starts_with_any(entry.path().filename().string())) continue;
    if (::access(entry.path().c_str(), R_OK | W_OK) != 0 && errno == EACCES) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// libcamera passes by what udev has not yet initialised; udev notes that in its data base.
bool known_to_udev(const fs::path& node) {
  struct stat status {};
  if (::stat(node.c_str(), &status) != 0) return true;  // gone meanwhile: another trouble
  const std::string name = "c" + std::to_string(major(status.st_rdev)) + ":" + std::to_string(minor(status.st_rdev));
  std::error_code error;
  return fs::exists("/run/udev/data/" + name, error);
}

std::string names_of(const std::vector<fs::path>& nodes) {
  std::string text;
  for (const fs::path& node : nodes) text += (text.empty() ? "" : ", ") + node.string();
  return text;
}

bool is_seen(const MediaDevice& device, const std::vector<ListedCamera>& seen) {
  MediaGraph alone;
  alone.devices = {device};
  return std::any_of(seen.begin(), seen.end(),
                     [&](const ListedCamera& camera) { return find_sensor_nodes(alone, camera.id, camera.model).has_value(); });
}

/// Asks for no buffers, which changes nothing: refused when another program has some.
bool has_buffers(const fs::path& node) {
  const FileDescriptor file(::open(node.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK));
  for (const std::uint32_t type : {V4L2_BUF_TYPE_VIDEO_CAPTURE, V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE}) {
    v4l2_requestbuffers none{};
    none.type = type;
    none.memory = V4L2_MEMORY_MMAP;
    if (::ioctl(file.number(), VIDIOC_REQBUFS, &none) != 0 && errno == EBUSY) return true;
  }
  return false;
}

/// libcamera locks the media device of a camera in use; others just have buffers.
bool in_use(const MediaDevice& device) {
  const FileDescriptor media(::open(device.node.c_str(), O_RDWR | O_CLOEXEC));
  if (media.number() >= 0 && ::lockf(media.number(), F_TEST, 0) != 0 && (errno == EACCES || errno == EAGAIN)) return true;
  return std::any_of(device.entities.begin(), device.entities.end(), [](const MediaEntity& entity) {
    return entity.node.filename().string().starts_with("video") && has_buffers(entity.node);
  });
}

/// Why libcamera passes by a media device with a sensor.
std::string why_unseen(const MediaDevice& device, const std::string& sensor) {
  const std::string who = device.node.string() + " has the sensor \"" + sensor + "\" (driver " + device.driver + ")";
  if (!known_to_udev(device.node)) {
    return who + ", but udev has not initialised it, and libcamera passes it by: is systemd-udevd running? `sudo udevadm trigger`";
  }
  if (in_use(device)) return who + ", but another program uses it: end that one";
  return who + ", but no pipeline handler of libcamera " + libcamera_version() +
         " takes it: `LIBCAMERA_LOG_LEVELS=*:DEBUG cam --list` says more";
}

std::string control_of(const ListedCamera& camera, const MediaGraph& graph, std::vector<std::string>& troubles) {
  if (camera.offered.exposure_time) return "libcamera's controls";
  const auto nodes = find_sensor_nodes(graph, camera.id, camera.model);
  if (!nodes) {
    troubles.emplace_back("libcamera offers no ExposureTime and no sub-device of its sensor is found: nothing can drive it");
    return {};
  }
  for (const fs::path& node : {nodes->sensor, nodes->lens}) {
    if (!node.empty() && ::access(node.c_str(), R_OK | W_OK) != 0) troubles.push_back(open_failure(node, errno));
  }
  return "V4L2 sub-device " + nodes->sensor.string() + (nodes->lens.empty() ? "" : ", lens " + nodes->lens.string());
}

bool readable(const RawMode& mode) {
  try {
    raw_layout(mode.format);
    return true;
  } catch (const Error&) {
    return false;
  }
}

CameraReport report_of(LibcameraSession& session, const ListedCamera& camera, const MediaGraph& graph) {
  CameraReport report{camera, {}, {}, {}};
  report.control = control_of(camera, graph, report.troubles);
  try {
    report.modes = raw_modes(session, camera.id);
    std::erase_if(report.modes, [](const RawMode& mode) { return !readable(mode); });
    if (report.modes.empty()) report.troubles.emplace_back("it has no RAW stream that can be read");
  } catch (const Error& error) {
    report.troubles.emplace_back(error.what());
  }
  return report;
}

}  // namespace

std::vector<std::string> machine_troubles(const MediaGraph& graph, const std::vector<ListedCamera>& seen) {
  std::vector<std::string> troubles;
  for (const UnreadableMedia& media : graph.unreadable) troubles.push_back(open_failure(media.node, media.error));
  if (const auto nodes = forbidden_nodes(); !nodes.empty()) troubles.push_back(open_failure(names_of(nodes), EACCES));
  if (graph.devices.empty() && graph.unreadable.empty()) {
    troubles.emplace_back("there is no /dev/media*: no driver of a camera is loaded");
  }
  for (const MediaDevice& device : graph.devices) {
    if (is_seen(device, seen)) continue;
    for (const MediaEntity& entity : device.entities) {
      if (entity.function == MEDIA_ENT_F_CAM_SENSOR) troubles.push_back(why_unseen(device, entity.name));
    }
  }
  return troubles;
}

CameraSurvey survey_cameras() {
  CameraSurvey survey;
  survey.libcamera = libcamera_version();
  const MediaGraph graph = read_media_graph();
  const auto session = libcamera_session();
  const std::vector<ListedCamera> cameras = listed_cameras(*session);
  for (const ListedCamera& camera : cameras) survey.cameras.push_back(report_of(*session, camera, graph));
  survey.troubles = machine_troubles(graph, cameras);
  return survey;
}

}  // namespace argent
