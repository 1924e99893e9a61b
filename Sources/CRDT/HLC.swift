public struct HLC {}
