/** Who of the cluster is held back from serving because it missed a confirmed plan. */
export interface HoldPort {
  /** Whether this node is. */
  readonly isHeld: boolean;
  /** Whether a node of the cluster is, as far as this one knows. */
  isHeldBack(node: string): boolean;
}
