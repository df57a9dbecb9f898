// camera/live/media_graph.h - what hangs on what: the kernel's media devices, their entities and links (MEDIA_IOC_G_TOPOLOGY).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace argent {

struct MediaEntity {
  std::string name;               ///< "imx219 10-0010"
  std::uint32_t function = 0;     ///< MEDIA_ENT_F_...
  std::filesystem::path node;     ///< /dev/v4l-subdev0; empty: it has none
  std::string firmware_id;        ///< of its device: place in the device tree, or ACPI's path; empty: neither
  std::string platform_id;        ///< of its device below /sys/devices, when it is a platform device
  std::vector<std::size_t> near;  ///< by an ancillary link: a sensor's lens and flash
};

struct MediaDevice {
  std::filesystem::path node;  ///< /dev/media0
  std::string driver, model;
  std::vector<MediaEntity> entities;
};

/// A media device that could not be read, and why.
struct UnreadableMedia {
  std::filesystem::path node;
  int error = 0;  ///< errno
};

struct MediaGraph {
  std::vector<MediaDevice> devices;
  std::vector<UnreadableMedia> unreadable;
};

/// All of this machine.
MediaGraph read_media_graph();

/// The nodes of a libcamera camera's sensor.
struct SensorNodes {
  std::filesystem::path media, sensor;
  std::filesystem::path lens;                 ///< empty: no lens that moves
  std::vector<std::filesystem::path> others;  ///< the media device's other sub-devices: one of them may tell when frames start
  std::string name;                           ///< of the sensor's entity
};

/// Rebuilds the id that libcamera gives a camera (Camera::id()) from each sensor. nullopt: none fits.
std::optional<SensorNodes> find_sensor_nodes(const MediaGraph& graph, const std::string& camera_id, const std::string& model);

}  // namespace argent
