#include "camera/live/media_graph.h"

#include <fcntl.h>
#include <linux/media.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "camera/live/v4l2_device.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kAncillaryLink = 2U << 28;  // MEDIA_LNK_FL_ANCILLARY_LINK, since Linux 5.19
constexpr std::uint32_t kMostParts = 4096;          // of a graph: more is nonsense
constexpr int kMostDevices = 64;

struct Topology {
  std::vector<media_v2_entity> entities;
  std::vector<media_v2_interface> interfaces;
  std::vector<media_v2_link> links;
};

std::string first_line(const fs::path& file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  return line;
}

/// 0, or errno. The graph may grow between the two calls: then the second one says ENOSPC.
int read_topology(int file, Topology& topology) {
  media_v2_topology counts{};
  if (::ioctl(file, MEDIA_IOC_G_TOPOLOGY, &counts) != 0) return errno;
  if (std::max({counts.num_entities, counts.num_interfaces, counts.num_links}) > kMostParts) return E2BIG;
  topology.entities.resize(counts.num_entities);
  topology.interfaces.resize(counts.num_interfaces);
  topology.links.resize(counts.num_links);
  media_v2_topology request{};
  request.num_entities = counts.num_entities;
  request.ptr_entities = reinterpret_cast<std::uintptr_t>(topology.entities.data());
  request.num_interfaces = counts.num_interfaces;
  request.ptr_interfaces = reinterpret_cast<std::uintptr_t>(topology.interfaces.data());
  request.num_links = counts.num_links;
  request.ptr_links = reinterpret_cast<std::uintptr_t>(topology.links.data());
  return ::ioctl(file, MEDIA_IOC_G_TOPOLOGY, &request) != 0 ? errno : 0;
}

/// Below /sys/dev/char; empty: the entity has no node.
fs::path device_folder(const Topology& topology, std::uint32_t entity) {
  for (const media_v2_link& link : topology.links) {
    if ((link.flags & MEDIA_LNK_FL_LINK_TYPE) != MEDIA_LNK_FL_INTERFACE_LINK || link.sink_id != entity) continue;
    for (const media_v2_interface& face : topology.interfaces) {
      if (face.id != link.source_id) continue;
      return "/sys/dev/char/" + std::to_string(face.devnode.major) + ":" + std::to_string(face.devnode.minor);
    }
  }
  return {};
}

fs::path node_of(const fs::path& folder) {
  std::ifstream events(folder / "uevent");
  for (std::string line; std::getline(events, line);) {
    if (line.starts_with("DEVNAME=")) return "/dev/" + line.substr(8);
  }
  return {};
}

/// As libcamera's sysfs::firmwareNodePath().
std::string firmware_id_of(const fs::path& folder) {
  std::error_code error;
  const std::string tree = fs::canonical(folder / "device/of_node", error).string(), base = "/sys/firmware/devicetree";
  if (!error && tree.starts_with(base)) return tree.substr(base.size());
  return first_line(folder / "device/firmware_node/path");
}

std::string platform_id_of(const fs::path& folder) {
  std::error_code error;
  const std::string device = fs::canonical(folder / "device", error).string(), base = "/sys/devices/";
  return !error && device.starts_with(base + "platform/") ? device.substr(base.size()) : std::string();
}

std::vector<std::size_t> neighbours(const Topology& topology, std::uint32_t entity) {
  std::vector<std::size_t> found;
  for (const media_v2_link& link : topology.links) {
    if ((link.flags & MEDIA_LNK_FL_LINK_TYPE) != kAncillaryLink) continue;
    if (link.source_id != entity && link.sink_id != entity) continue;
    const std::uint32_t other = link.source_id == entity ? link.sink_id : link.source_id;
    for (std::size_t i = 0; i < topology.entities.size(); i++) {
      if (topology.entities[i].id == other) found.push_back(i);
    }
  }
  return found;
}

int read_device(MediaDevice& device) {
  const FileDescriptor file(::open(device.node.c_str(), O_RDWR | O_CLOEXEC));
  if (file.number() < 0) return errno;
  media_device_info info{};
  if (::ioctl(file.number(), MEDIA_IOC_DEVICE_INFO, &info) != 0) return errno;
  device.driver.assign(info.driver, strnlen(info.driver, sizeof info.driver));
  device.model.assign(info.model, strnlen(info.model, sizeof info.model));
  Topology topology;
  if (const int error = read_topology(file.number(), topology)) return error;
  for (const media_v2_entity& from : topology.entities) {
    MediaEntity entity;
    entity.name.assign(from.name, strnlen(from.name, sizeof from.name));
    entity.function = from.function;
    entity.near = neighbours(topology, from.id);
    if (const fs::path folder = device_folder(topology, from.id); !folder.empty()) {
      entity.node = node_of(folder);
      entity.firmware_id = firmware_id_of(folder);
      entity.platform_id = platform_id_of(folder);
    }
    device.entities.push_back(std::move(entity));
  }
  return 0;
}

bool is_sub_device(const MediaEntity& entity) { return entity.node.filename().string().starts_with("v4l-subdev"); }

SensorNodes nodes_of(const MediaDevice& device, const MediaEntity& sensor) {
  SensorNodes nodes{device.node, sensor.node, {}, {}, sensor.name};
  for (const std::size_t i : sensor.near) {
    if (device.entities[i].function == MEDIA_ENT_F_LENS) nodes.lens = device.entities[i].node;
  }
  for (const MediaEntity& entity : device.entities) {
    if (is_sub_device(entity) && entity.node != sensor.node && entity.node != nodes.lens) nodes.others.push_back(entity.node);
  }
  return nodes;
}

}  // namespace

MediaGraph read_media_graph() {
  MediaGraph graph;
  for (int number = 0; number < kMostDevices; number++) {
    MediaDevice device;
    device.node = "/dev/media" + std::to_string(number);
    std::error_code error;
    if (!fs::exists(device.node, error)) continue;
    if (const int failed = read_device(device)) {
      graph.unreadable.push_back({device.node, failed});
    } else {
      graph.devices.push_back(std::move(device));
    }
  }
  return graph;
}

std::optional<SensorNodes> find_sensor_nodes(const MediaGraph& graph, const std::string& camera_id, const std::string& model) {
  for (const MediaDevice& device : graph.devices) {
    for (const MediaEntity& entity : device.entities) {
      if (entity.function != MEDIA_ENT_F_CAM_SENSOR || entity.node.empty()) continue;
      const std::string id = entity.firmware_id.empty() ? entity.platform_id + " " + model : entity.firmware_id;
      if (id == camera_id) return nodes_of(device, entity);
    }
  }
  return std::nullopt;
}

}  // namespace argent
