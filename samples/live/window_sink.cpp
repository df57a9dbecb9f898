#include "samples/live/window_sink.h"

#include <cstdlib>
#include <opencv2/core.hpp>
#include <opencv2/highgui.hpp>
#include <opencv2/imgproc.hpp>

#include "calibration/opencv_mat.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr const char* kTitle = "argent live";

}  // namespace

WindowWriter::WindowWriter(LiveControl& control, std::atomic<bool>& stop) : control_(control), stop_(stop) {
  if (std::getenv("DISPLAY") == nullptr && std::getenv("WAYLAND_DISPLAY") == nullptr)
    throw Error("--window: there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)");
}

void WindowWriter::write(const LiveFrame& frame) {
  const Image& picture = *frame.picture;
  try {
    // Made on this thread: highgui's windows belong to the thread that pumps their events.
    if (!open_) cv::namedWindow(kTitle, cv::WINDOW_NORMAL | cv::WINDOW_KEEPRATIO | cv::WINDOW_GUI_NORMAL);
    if (!open_) cv::resizeWindow(kTitle, picture.width(), picture.height());
    open_ = true;
    cv::Mat bgr;
    cv::cvtColor(as_mat(picture), bgr, cv::COLOR_RGB2BGR);
    cv::imshow(kTitle, bgr);
    const int key = cv::waitKey(1);
    const bool closed = cv::getWindowProperty(kTitle, cv::WND_PROP_VISIBLE) < 1;
    if (closed || (key >= 0 && press_key(key & 0xff, control_))) stop_ = true;
  } catch (const cv::Exception& error) {
    throw Error(std::string("window: ") + error.what());
  }
}

void WindowWriter::finish() {
  if (open_) cv::destroyWindow(kTitle);
}

}  // namespace argent
